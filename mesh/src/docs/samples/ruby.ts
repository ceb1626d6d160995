import { type HeaderValue, type Language, lines } from './language.ts';
import { literal, type Words } from './literal.ts';

const WORDS: Words = {
  ...{ null: 'nil', true: 'true', false: 'false', list: ['[', ']'], object: ['{', '}'], arrow: ' => ' },
  text: quoted,
};
const COMPUTED = {
  key: 'key',
  timestamp: 'timestamp',
  signature: '"v2=#{signature}"',
  basic: '"Basic #{client}"',
  once: 'SecureRandom.uuid',
};

export const ruby: Language = {
  lang: 'Ruby',
  label: 'Ruby',
  sample({ method, target, body, proof, once, headers }) {
    return lines(
      body?.kind === 'json' && 'require "json"',
      'require "net/http"',
      proof === 'key' && 'require "openssl"',
      once && 'require "securerandom"',
      '',
      'url = ENV.fetch("PORTICO_URL")',
      proof === 'key' && 'key, secret = ENV.fetch("PORTICO_KEY"), ENV.fetch("PORTICO_SECRET")',
      `target = ${quoted(target)}`,
      body?.kind === 'json' && `body = JSON.generate(${literal(WORDS, '  ', body.value)})`,
      body?.kind === 'form' && `body = URI.encode_www_form(${literal(WORDS, '  ', body.fields)})`,
      proof === 'key' && [
        body === undefined && 'body = ""',
        'timestamp = Time.now.to_i.to_s',
        'digest = OpenSSL::Digest::SHA256.hexdigest(body)',
        `message = "${method}\\n#{target}\\n#{timestamp}\\n#{digest}"`,
        'signature = OpenSSL::HMAC.hexdigest("SHA256", secret, message)',
      ],
      proof === 'client' && 'client = ["#{ENV.fetch("PORTICO_CLIENT_ID")}:#{ENV.fetch("PORTICO_CLIENT_SECRET")}"].pack("m0")',
      '',
      headers.length > 0 ? ['headers = {', ...headers.map(([name, value]) => `  "${name}" => ${written(value)},`), '}'] : 'headers = {}',
      'uri = URI(url + target)',
      'response = Net::HTTP.start(uri.host, uri.port, use_ssl: uri.scheme == "https") do |http|',
      `  http.send_request("${method}", uri.request_uri, ${body === undefined ? 'nil' : 'body'}, headers)`,
      'end',
      'puts response.code, response.body',
    );
  },
};

function written(value: HeaderValue): string {
  return 'text' in value ? quoted(value.text) : COMPUTED[value.computed];
}

/** `#` begins what Ruby would compute. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll('#', '\\#');
}
