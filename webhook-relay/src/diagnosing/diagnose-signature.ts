// Why a receiver's verification fails, told from what came in. Each usual mistake is made on purpose; the one whose signature fits what came in names
// the step that differs. The secret is never repeated.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { invalid } from '@portico/contracts/errors';
import { createMacKey, type MacKey } from '@portico/service-kit/mac';
import { houseSignature, type SignedHeaders, standardSignature } from '../signing/sign.ts';
import { FINDING_CODES, type Finding, type FindingCode, finding } from './findings.ts';
import { type Family, type ReadSignature, readSignatures } from './read-signature.ts';
import { MAX_BODY_BYTES, rightKey, type Variant, wrongBodies, wrongKeys } from './variants.ts';

const TOLERANCE_SECONDS = 300;

export type Received = {
  /** Names in any case. */
  readonly headers: Readonly<Record<string, unknown>>;
  /** As the receiver hashed it. */
  readonly body: string;
  /** As the receiver has it configured. */
  readonly secret: string;
  readonly previousSecret?: string | undefined;
  readonly toleranceSeconds?: number | undefined;
  readonly nowSeconds: number;
};

export type FamilyDiagnosis = {
  readonly valid: boolean;
  readonly findings: readonly Finding[];
  /** The signature of exactly this body with exactly this secret; undefined while a header that is signed too is missing. */
  readonly expected: string | undefined;
  /** What stood in the header. */
  readonly found: string | undefined;
};
export type Diagnosis = { readonly house: FamilyDiagnosis; readonly standard: FamilyDiagnosis };

const MAX_SHOWN = 512;
const HEADERS = {
  house: { signature: 'X-Webhook-Signature', timestamp: 'X-Webhook-Timestamp', id: 'X-Webhook-Id' },
  standard: { signature: 'webhook-signature', timestamp: 'webhook-timestamp', id: 'webhook-id' },
} as const satisfies Record<Family, Record<string, keyof SignedHeaders>>;

/**
 * Diagnoses both header families. About 60 HMACs of the body, whatever it holds: 0.1 s for the largest that is taken, of processor time and in one go.
 * Signs what it is given with the given secret: let nobody call it with a secret that is not his. Throws VALIDATION_ERROR for a body over 1 MiB.
 */
export function diagnoseSignature(received: Received): Diagnosis {
  if (Buffer.byteLength(received.body) > MAX_BODY_BYTES) throw invalid({ body: 'Must not be larger than 1 MiB.' });
  const headers = new Map(Object.entries(received.headers).map(([name, value]) => [name.toLowerCase(), textOf(value)]));
  const bodies = wrongBodies(received.body);
  return { house: diagnoseFamily('house', received, headers, bodies), standard: diagnoseFamily('standard', received, headers, bodies) };
}

function diagnoseFamily(
  family: Family,
  received: Received,
  headers: ReadonlyMap<string, string | undefined>,
  bodies: readonly Variant<Buffer>[],
): FamilyDiagnosis {
  const names = HEADERS[family];
  const of = (name: keyof typeof names): string | undefined => headers.get(names[name].toLowerCase());
  const [signature, timestamp, id] = [of('signature'), of('timestamp'), of('id')];
  const findings = [
    ...[signature === undefined && names.signature, timestamp === undefined && names.timestamp, id === undefined && names.id]
      .filter((name) => name !== false)
      .map((name) => finding('header_missing', name)),
    ...timestampFindings(names.timestamp, timestamp, received),
  ];
  const signed: Signed = { family, id: id ?? '', timestamp: timestamp ?? '' };
  const body = Buffer.from(received.body, 'utf8');
  const complete = family === 'house' || (id !== undefined && timestamp !== undefined);
  const expected = complete ? expectedSignature(signed, createMacKey(rightKey(family, received.secret)), body) : undefined;
  if (signature !== undefined && complete) {
    const codes = signatureCodes(readSignatures(family, signature), signed, received, bodies);
    findings.push(...codes.map((code) => finding(code, names.signature)));
  }
  findings.sort((a, b) => FINDING_CODES.indexOf(a.code) - FINDING_CODES.indexOf(b.code));
  return { valid: findings.length === 0, findings, expected, found: signature?.slice(0, MAX_SHOWN) };
}

type Signed = { readonly family: Family; readonly id: string; readonly timestamp: string };

function expectedSignature({ family, id, timestamp }: Signed, key: MacKey, body: Buffer): string {
  return family === 'house' ? houseSignature(key, body) : standardSignature(key, id, timestamp, body);
}

/** What was done differently; empty when the signature is as it has to be. */
function signatureCodes(
  read: readonly ReadSignature[],
  signed: Signed,
  { body, secret, previousSecret }: Received,
  bodies: readonly Variant<Buffer>[],
): readonly FindingCode[] {
  if (read.length === 0) return ['header_malformed'];
  const { family } = signed;
  const [key, bytes] = [rightKey(family, secret), Buffer.from(body, 'utf8')];
  const keys = wrongKeys(family, secret, previousSecret);
  const [right, ...wrong] = contents(signed);
  // One mistake at a time, and a wrong key together with a wrong content: those two come from the same wrong example.
  const tried: { codes: FindingCode[]; digest: Buffer }[] = [
    { codes: [], digest: digest(key, right.prefix, bytes) },
    ...keys.map(({ code, value }) => ({ codes: [code], digest: digest(value, right.prefix, bytes) })),
    ...wrong.map(({ code, prefix }) => ({ codes: [code], digest: digest(key, prefix, bytes) })),
    ...keys.flatMap((other) =>
      wrong.map(({ code, prefix }) => ({ codes: [other.code, code], digest: digest(other.value, prefix, bytes) })),
    ),
    ...bodies.map(({ code, value }) => ({ codes: [code], digest: digest(key, right.prefix, value) })),
  ];
  const fitting = tried.flatMap(({ codes, digest: made }) =>
    read.filter((one) => startsWith(made, one.digest)).map((one) => [...one.codes, ...codes]),
  );
  return fitting[0] ?? [...(read[0]?.codes ?? []), 'no_match'];
}

type Content = { readonly code: FindingCode; readonly prefix: string };

/** What stands before the body in the signed content: first as it has to be, then the usual mistakes. */
function contents({ family, id, timestamp }: Signed): readonly [{ readonly prefix: string }, ...Content[]] {
  const [both, timestampOnly] = [`${id}.${timestamp}.`, `${timestamp}.`];
  if (family === 'house') {
    const code = 'content_not_body_alone';
    return [{ prefix: '' }, { code, prefix: timestampOnly }, { code, prefix: both }];
  }
  return [{ prefix: both }, { code: 'content_without_id', prefix: timestampOnly }, { code: 'content_body_alone', prefix: '' }];
}

function digest(key: Buffer, prefix: string, body: Buffer): Buffer {
  return createHmac('sha256', key).update(prefix).update(body).digest();
}

function startsWith(whole: Buffer, part: Buffer): boolean {
  return timingSafeEqual(whole.subarray(0, part.length), part);
}

function timestampFindings(header: string, timestamp: string | undefined, { nowSeconds, toleranceSeconds }: Received): Finding[] {
  if (timestamp === undefined) return [];
  if (!/^\d{1,11}$/.test(timestamp))
    return [finding('timestamp_not_seconds', header, /^\d{13}$/.test(timestamp) ? 'It looks like milliseconds.' : '')];
  const tolerance = toleranceSeconds ?? TOLERANCE_SECONDS;
  const skew = nowSeconds - Number(timestamp);
  if (Math.abs(skew) <= tolerance) return [];
  return [finding('timestamp_skew', header, `It is ${Math.abs(skew)} s ${skew > 0 ? 'old' : 'ahead'}; ${tolerance} s are allowed.`)];
}

/** A header that comes several times is a list in some frameworks. */
function textOf(value: unknown): string | undefined {
  const one: unknown = Array.isArray(value) ? value.join(' ') : value;
  return typeof one === 'string' || typeof one === 'number' ? String(one).trim() : undefined;
}
