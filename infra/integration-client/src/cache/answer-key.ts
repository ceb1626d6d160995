import { hash } from 'node:crypto';

export type AnswerKeyParts = {
  provider: string;
  operation: string;
  params?: unknown;
  query?: unknown;
  /** Authorizer.fingerprint(): what one credential was told, another must not see. */
  credential: string;
};

/** The same request of the same credential has the same key, however its parts are ordered. What was asked cannot be read from it. */
export function answerKey({ provider, operation, params, query, credential }: AnswerKeyParts): string {
  return `${provider}:${operation}:${hash('sha256', canonical([credential, params, query]), 'base64url')}`;
}

/** JSON with sorted names; what is undefined is absent. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'bigint') return `${value}n`;
  if (value === null || typeof value !== 'object' || value instanceof Date) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return `{${entries
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, part]) => `${JSON.stringify(name)}:${canonical(part)}`)
    .join(',')}}`;
}
