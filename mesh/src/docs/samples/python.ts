import { type HeaderValue, type Language, lines } from './language.ts';
import { literal, type Words } from './literal.ts';

const WORDS: Words = {
  ...{ null: 'None', true: 'True', false: 'False', list: ['[', ']'], object: ['{', '}'], arrow: ': ' },
  text: JSON.stringify,
};
const COMPUTED = {
  key: 'key',
  timestamp: 'timestamp',
  signature: '"v2=" + signature',
  basic: '"Basic " + client',
  once: 'str(uuid.uuid4())',
};
const MODULES = {
  key: ['hashlib', 'hmac', 'os', 'time'],
  client: ['base64', 'os'],
  nothing: ['os'],
};

export const python: Language = {
  lang: 'Python',
  label: 'Python',
  sample({ method, target, body, proof, once, headers }) {
    const modules = [...MODULES[proof], 'urllib.error', 'urllib.request'];
    if (body?.kind === 'json') modules.push('json');
    if (body?.kind === 'form') modules.push('urllib.parse');
    if (once) modules.push('uuid');
    return lines(
      modules.sort().map((name) => `import ${name}`),
      '',
      'url = os.environ["PORTICO_URL"]',
      proof === 'key' && 'key, secret = os.environ["PORTICO_KEY"], os.environ["PORTICO_SECRET"]',
      `target = ${JSON.stringify(target)}`,
      body?.kind === 'json' && `body = json.dumps(${literal(WORDS, '    ', body.value)}).encode()`,
      body?.kind === 'form' && `body = urllib.parse.urlencode(${literal(WORDS, '    ', body.fields)}).encode()`,
      proof === 'key' && [
        body === undefined && 'body = b""',
        'timestamp = str(int(time.time()))',
        'digest = hashlib.sha256(body).hexdigest()',
        `message = f"${method}\\n{target}\\n{timestamp}\\n{digest}"`,
        'signature = hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()',
      ],
      proof === 'client' && [
        'credentials = os.environ["PORTICO_CLIENT_ID"] + ":" + os.environ["PORTICO_CLIENT_SECRET"]',
        'client = base64.b64encode(credentials.encode()).decode()',
      ],
      '',
      `request = urllib.request.Request(url + target, method="${method}"${body === undefined ? '' : ', data=body'})`,
      headers.map(([name, value]) => `request.add_header("${name}", ${written(value)})`),
      'try:',
      '    with urllib.request.urlopen(request, timeout=30) as response:',
      '        print(response.status, response.read().decode())',
      'except urllib.error.HTTPError as error:',
      '    print(error.code, error.read().decode())',
    );
  },
};

function written(value: HeaderValue): string {
  return 'text' in value ? JSON.stringify(value.text) : COMPUTED[value.computed];
}
