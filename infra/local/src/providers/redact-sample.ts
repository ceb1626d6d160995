import { PERSONAL_NAME } from '@portico/integration-client/personal/personal-name';
import { looksLikeEmail } from './schema-of-sample.ts';

const SECRET_NAME = /secret|token|password|(?:api|private)_?key|signature/i;

/** A copy to be kept: the same shape, without what names, addresses, tells apart or lets in a person. */
export function redactSample(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => redactSample(item, name));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, redactSample(part, key)]));
  }
  if (typeof value === 'string') {
    if (looksLikeEmail(value)) return 'person@example.com';
    return PERSONAL_NAME.test(name) || SECRET_NAME.test(name) ? 'x'.repeat(Math.min(value.length, 16)) : value;
  }
  return typeof value === 'number' && PERSONAL_NAME.test(name) ? 0 : value;
}
