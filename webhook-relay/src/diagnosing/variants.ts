// The usual ways to take another key, or other bytes, than those that were signed. One list for each, so that the work does not depend on the input.
import { SECRET_PREFIX, standardKey } from '../signing/secret.ts';
import type { FindingCode } from './findings.ts';
import type { Family } from './read-signature.ts';

export type Variant<Value> = { readonly code: FindingCode; readonly value: Value };

/** Our bodies are five deep. Indenting what is nested deeper would make a small body a huge one. */
const MAX_DEPTH = 8;
export const MAX_BODY_BYTES = 1024 * 1024;
/** The largest of our bodies has some 20 KB. Writing 1 MiB of small values in six forms takes more than a second. */
const MAX_REWRITTEN_LENGTH = 64 * 1024;

/** The key that belongs to a family. */
export function rightKey(family: Family, secret: string): Buffer {
  return family === 'house' ? Buffer.from(secret, 'utf8') : standardKey(secret);
}

export function wrongKeys(family: Family, secret: string, previousSecret: string | undefined): readonly Variant<Buffer>[] {
  const trimmed = secret.trim();
  const bare = trimmed.startsWith(SECRET_PREFIX) ? trimmed.slice(SECRET_PREFIX.length) : trimmed;
  const swapped: Variant<Buffer> =
    family === 'house'
      ? { code: 'key_decoded', value: Buffer.from(bare, 'base64') }
      : { code: 'key_not_decoded', value: Buffer.from(trimmed, 'utf8') };
  return [
    { code: 'secret_whitespace', value: rightKey(family, trimmed) },
    { code: 'secret_whitespace', value: rightKey(family, `${trimmed}\n`) },
    ...(previousSecret === undefined ? [] : [{ code: 'secret_old' as const, value: rightKey(family, previousSecret) }]),
    swapped,
    { code: 'key_without_prefix', value: Buffer.from(bare, 'utf8') },
  ];
}

export function wrongBodies(body: string): readonly Variant<Buffer>[] {
  const utf8 = (code: FindingCode, text: string): Variant<Buffer> => ({ code, value: Buffer.from(text, 'utf8') });
  return [
    ...rewritten(body),
    utf8('body_trailing_newline', body.replace(/\r?\n$/, '')),
    utf8('body_trailing_newline', `${body}\n`),
    utf8('body_line_breaks', body.replaceAll('\r\n', '\n')),
    utf8('body_line_breaks', body.replace(/\r?\n/g, '\r\n')),
    utf8('body_byte_order_mark', body.startsWith('\ufeff') ? body.slice(1) : `\ufeff${body}`),
    { code: 'body_latin1', value: Buffer.from(body, 'latin1') },
  ];
}

/** The body parsed and written as the usual libraries do. Nothing when it is no JSON, too long or too deep. */
function rewritten(body: string): readonly Variant<Buffer>[] {
  if (body.length > MAX_REWRITTEN_LENGTH) return [];
  try {
    const value: unknown = JSON.parse(body);
    const sorted = sortFields(value, MAX_DEPTH);
    const forms = [JSON.stringify(value), JSON.stringify(value, null, 2), JSON.stringify(value, null, 4), spaced(value)];
    return [
      ...forms.map((text) => ({ code: 'body_reserialized' as const, value: Buffer.from(text) })),
      ...[JSON.stringify(sorted), spaced(sorted)].map((text) => ({ code: 'body_sorted' as const, value: Buffer.from(text) })),
    ];
  } catch {
    return [];
  }
}

/** As Python's `json.dumps` writes: a space after every comma and colon, nothing but ASCII. */
function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).map(([name, of]) => `${spaced(name)}: ${spaced(of)}`);
    return `{${fields.join(', ')}}`;
  }
  return JSON.stringify(value).replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Throws for what is nested deeper than `depth`. */
function sortFields(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) throw new RangeError('The body is nested too deep.');
  if (Array.isArray(value)) return value.map((item) => sortFields(item, depth - 1));
  const entries = Object.entries(value).map(([name, of]) => [name, sortFields(of, depth - 1)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
