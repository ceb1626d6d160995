// A signed request as a line for a shell. A signature is valid for five minutes, so the line signs when it runs, not when it is printed:
// it takes the time from `date` and the MAC from `openssl`, and works in bash and zsh as in plain sh.
import { hash } from 'node:crypto';

export type CurlRequest = {
  /** Scheme, host and port. */
  origin: string;
  method: string;
  /** Path and query exactly as they are signed and sent. */
  target: string;
  body?: string | undefined;
  headers?: Readonly<Record<string, string>>;
  key: string;
  secret: string;
};

/** The line, signed by the `v2` scheme. */
export function curlCommand({ origin, method, target, body, headers = {}, key, secret }: CurlRequest): string {
  const bodyHash = hash('sha256', body ?? '');
  // As separate arguments of printf, so that a percent sign in the target means nothing to it.
  const signed = `printf '%s\\n%s\\n%s\\n%s' ${method} ${quote(target)} "$T" ${bodyHash}`;
  const mac = `${signed} | openssl dgst -sha256 -hmac ${quote(secret)} | sed 's/.*= *//'`;
  const parts = [
    'T=$(date +%s);',
    'curl -sS',
    // curl would tidy up dots and expand brackets, and so send another target than the signed one.
    ...(/\/\.{1,2}(\/|$|\?)/.test(target) ? ['--path-as-is'] : []),
    ...(/[[\]{}]/.test(target) ? ['--globoff'] : []),
    ...(method === 'HEAD' ? ['--head'] : method === 'GET' && body === undefined ? [] : [`-X ${method}`]),
    quote(origin + target),
    header('X-API-Key', key),
    '-H "X-Timestamp: $T"',
    `-H "X-API-Signature: v2=$(${mac})"`,
    ...Object.entries(headers).map(([name, value]) => header(name, value)),
    ...(body === undefined ? [] : [`--data-binary ${quote(body)}`]),
  ];
  return parts.join(' ');
}

function header(name: string, value: string): string {
  return `-H ${quote(`${name}: ${value}`)}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
