import { type HeaderValue, type Language, lines } from './language.ts';
import { literal, type Words } from './literal.ts';

const WORDS: Words = {
  ...{ null: 'null', true: 'true', false: 'false', list: ['[', ']'], object: ['[', ']'], emptyObject: 'new stdClass()', arrow: ' => ' },
  text: quoted,
};
const COMPUTED = { key: '$key', timestamp: '$timestamp', signature: 'v2=$signature', basic: 'Basic $client', once: '$once' };

export const php: Language = {
  lang: 'PHP',
  label: 'PHP',
  sample({ method, target, body, proof, once, headers }) {
    return lines(
      '<?php',
      "$url = getenv('PORTICO_URL');",
      proof === 'key' && "[$key, $secret] = [getenv('PORTICO_KEY'), getenv('PORTICO_SECRET')];",
      `$target = ${quoted(target)};`,
      body?.kind === 'json' && `$body = json_encode(${literal(WORDS, '    ', body.value)});`,
      body?.kind === 'form' && `$body = http_build_query(${literal(WORDS, '    ', body.fields)});`,
      body === undefined && "$body = '';",
      proof === 'key' && [
        '$timestamp = (string) time();',
        "$digest = hash('sha256', $body);",
        `$signature = hash_hmac('sha256', "${method}\\n$target\\n$timestamp\\n$digest", $secret);`,
      ],
      proof === 'client' && "$client = base64_encode(getenv('PORTICO_CLIENT_ID') . ':' . getenv('PORTICO_CLIENT_SECRET'));",
      once && '$once = bin2hex(random_bytes(16));',
      '',
      "$context = stream_context_create(['http' => [",
      `    'method' => '${method}',`,
      headers.length > 0 && ["    'header' => [", ...headers.map(([name, value]) => `        "${name}: ${written(value)}",`), '    ],'],
      "    'content' => $body,",
      "    'ignore_errors' => true,",
      ']]);',
      '$answer = file_get_contents($url . $target, false, $context);',
      'echo $http_response_header[0], "\\n", $answer, "\\n";',
    );
  },
};

function written(value: HeaderValue): string {
  return 'text' in value ? value.text : COMPUTED[value.computed];
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
