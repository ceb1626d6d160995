// Takes a signature out of its header, whichever way it is written, and says in what it is written wrongly.
import type { FindingCode } from './findings.ts';

export type Family = 'house' | 'standard';
export type ReadSignature = { readonly digest: Buffer; readonly codes: readonly FindingCode[] };

const DIGEST_BYTES = 32;
/** Fewer could fit by chance. */
const MIN_DIGEST_BYTES = 8;
const MAX_SIGNATURES = 8;
const PREFIX: Readonly<Record<Family, string>> = { house: 'sha256=', standard: 'v1,' };

/** All signatures of a header; none when nothing in it can be one. Other versions of a Standard header (`v1a,`) are left aside. */
export function readSignatures(family: Family, text: string): readonly ReadSignature[] {
  const items = text.split(/\s+/).filter((item) => item !== '' && !/^v(?!1,)[0-9a-z]+,/.test(item));
  return items.slice(0, MAX_SIGNATURES).flatMap((item) => readOne(family, item) ?? []);
}

function readOne(family: Family, item: string): ReadSignature | undefined {
  const prefixed = item.startsWith(PREFIX[family]);
  const text = item.replace(/^(?:sha256=|v1[,=])/, '');
  const hex = /^(?:[0-9a-f]{2}){8,32}$/i.test(text);
  if (!hex && !/^[A-Za-z0-9+/]{11,43}=?$/.test(text)) return undefined;
  const digest = Buffer.from(text, hex ? 'hex' : 'base64');
  if (digest.length < MIN_DIGEST_BYTES || digest.length > DIGEST_BYTES) return undefined;
  const codes: (readonly [FindingCode, boolean])[] = [
    ['signature_prefix', !prefixed],
    ['signature_encoding', hex !== (family === 'house')],
    ['signature_upper_case', hex && text !== text.toLowerCase()],
    ['signature_truncated', digest.length < DIGEST_BYTES],
  ];
  return { digest, codes: codes.filter(([, found]) => found).map(([code]) => code) };
}
