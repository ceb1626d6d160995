import { type HeaderValue, type Language, lines } from './language.ts';
import { literal, type Words } from './literal.ts';

const WORDS = {
  ...{ null: 'null', true: 'true', false: 'false', list: ['[', ']'], object: ['{', '}'], arrow: ': ' },
  text: quoted,
  name: (name: string) => (/^[a-z_]\w*$/i.test(name) ? name : quoted(name)),
} satisfies Words;
const COMPUTED = {
  key: 'PORTICO_KEY',
  timestamp: 'timestamp',
  signature: "'v2=' + signature",
  basic: "'Basic ' + client",
  once: 'randomUUID()',
};
const NEEDED = {
  key: ['createHash', 'createHmac'],
  client: [],
  nothing: [],
};

export const javascript: Language = {
  lang: 'JavaScript',
  label: 'JavaScript (Node.js)',
  sample({ method, target, body, proof, once, headers }) {
    const needed = [...NEEDED[proof], ...(once ? ['randomUUID'] : [])];
    const environment = { key: ', PORTICO_KEY, PORTICO_SECRET', client: ', PORTICO_CLIENT_ID, PORTICO_CLIENT_SECRET', nothing: '' }[proof];
    return lines(
      needed.length > 0 && `import { ${needed.join(', ')} } from 'node:crypto';`,
      "import { env } from 'node:process';",
      '',
      `const { PORTICO_URL${environment} } = env;`,
      `const target = ${quoted(target)};`,
      body?.kind === 'json' && `const body = JSON.stringify(${literal(WORDS, '  ', body.value)});`,
      body?.kind === 'form' && `const body = new URLSearchParams(${literal(WORDS, '  ', body.fields)}).toString();`,
      proof === 'key' && [
        body === undefined && "const body = '';",
        'const timestamp = String(Math.floor(Date.now() / 1000));',
        "const digest = createHash('sha256').update(body).digest('hex');",
        "const signature = createHmac('sha256', PORTICO_SECRET)",
        `  .update(\`${method}\\n$\{target}\\n$\{timestamp}\\n$\{digest}\`)`,
        "  .digest('hex');",
      ],
      proof === 'client' && "const client = Buffer.from(PORTICO_CLIENT_ID + ':' + PORTICO_CLIENT_SECRET).toString('base64');",
      '',
      'const response = await fetch(PORTICO_URL + target, {',
      `  method: '${method}',`,
      headers.length > 0 && ['  headers: {', ...headers.map(([name, value]) => `    ${WORDS.name(name)}: ${written(value)},`), '  },'],
      body !== undefined && '  body,',
      '});',
      'console.log(response.status, await response.text());',
    );
  },
};

function written(value: HeaderValue): string {
  return 'text' in value ? quoted(value.text) : COMPUTED[value.computed];
}

function quoted(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
