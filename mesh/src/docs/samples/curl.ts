import { type HeaderValue, type Language, lines } from './language.ts';

const COMPUTED = {
  key: '$PORTICO_KEY',
  timestamp: '$timestamp',
  signature: 'v2=$signature',
  basic: '',
  once: '$(openssl rand -hex 16)',
};

export const curl: Language = {
  lang: 'Shell',
  label: 'curl',
  sample({ method, target, body, proof, headers }) {
    const sent = [
      ...headers.filter(([name]) => name !== 'Authorization').map(([name, value]) => `  -H "${name}: ${written(value)}"`),
      ...(proof === 'client' ? ['  -u "$PORTICO_CLIENT_ID:$PORTICO_CLIENT_SECRET"'] : []),
      ...(body === undefined ? [] : ['  --data-binary "$body"']),
    ];
    return lines(
      `target=${quoted(target)}`,
      body?.kind === 'json' && `body=${quoted(JSON.stringify(body.value, null, 2))}`,
      body?.kind === 'form' && `body=${quoted(new URLSearchParams(body.fields).toString())}`,
      proof === 'key' && [
        'timestamp=$(date +%s)',
        `digest=$(printf '%s' "${body === undefined ? '' : '$body'}" | openssl dgst -sha256 -r | cut -d' ' -f1)`,
        `signature=$(printf '${method}\\n%s\\n%s\\n%s' "$target" "$timestamp" "$digest" |`,
        `  openssl dgst -sha256 -hmac "$PORTICO_SECRET" -r | cut -d' ' -f1)`,
      ],
      '',
      [`curl -sS -X ${method} "$PORTICO_URL$target"`, ...sent].join(' \\\n'),
    );
  },
};

function written(value: HeaderValue): string {
  return 'text' in value ? value.text : COMPUTED[value.computed];
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
