import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { newSecret, signingKeys } from '../signing/secret.ts';
import { sign } from '../signing/sign.ts';
import { type Diagnosis, diagnoseSignature, type Received } from './diagnose-signature.ts';
import { FINDING_CODES } from './findings.ts';
import { MAX_BODY_BYTES, wrongBodies } from './variants.ts';

const NOW = 1_772_366_400;
const secret = newSecret(() => Buffer.alloc(32, 9));
const other = newSecret(() => Buffer.alloc(32, 8));
const body = '{"b":1,"a":{"name":"Zoë","price":29.99}}';
const bytes = Buffer.from(body);
const attempt = { eventId: 'evt_1', eventType: 'order.created', attempt: 1, timestampSeconds: NOW, body: bytes, keys: signingKeys(secret) };
const good: Received = { headers: sign(attempt), body, secret, nowSeconds: NOW };

const key = Buffer.from(secret.slice(6), 'base64');
const hmac = (with_: string | Buffer, content: string | Buffer): Buffer => createHmac('sha256', with_).update(content).digest();
const house = (value: string, changes: Partial<Received> = {}): Received => ({
  ...good,
  ...changes,
  headers: { ...good.headers, 'X-Webhook-Signature': value },
});
const standard = (value: string, changes: Partial<Received> = {}): Received => ({
  ...good,
  ...changes,
  headers: { ...good.headers, 'webhook-signature': value },
});
const hex = (digest: Buffer): string => `sha256=${digest.toString('hex')}`;
const v1 = (digest: Buffer): string => `v1,${digest.toString('base64')}`;
const drop = (...names: string[]): Received => ({
  ...good,
  headers: Object.fromEntries(Object.entries(good.headers).filter(([name]) => !names.includes(name))),
});
const codes = ({ house, standard }: Diagnosis): [string[], string[]] => [
  house.findings.map(({ code }) => code),
  standard.findings.map(({ code }) => code),
];
const right = { house: hmac(secret, bytes), standard: hmac(key, `evt_1.${NOW}.${body}`) };
const python = '{"b": 1, "a": {"name": "Zo\\u00eb", "price": 29.99}}';

/** One row for each finding: what came in, and what is found in the house's and in the Standard headers. */
const ROWS: readonly [code: string, received: Received, house: string[], standard: string[]][] = [
  ['nothing', good, [], []],
  [
    'nothing, though header names are upper case',
    { ...good, headers: Object.fromEntries(Object.entries(good.headers).map(([name, value]) => [name.toUpperCase(), value])) },
    [],
    [],
  ],
  ['header_missing', drop('X-Webhook-Signature', 'webhook-id'), ['header_missing'], ['header_missing']],
  [
    'header_missing',
    { ...good, headers: {} },
    ['header_missing', 'header_missing', 'header_missing'],
    ['header_missing', 'header_missing', 'header_missing'],
  ],
  ['header_malformed', house('sha256=not hex'), ['header_malformed'], []],
  ['header_malformed', standard('v1a,abc'), [], ['header_malformed']],
  ['timestamp_not_seconds', { ...good, headers: { ...good.headers, 'X-Webhook-Timestamp': `${NOW}000` } }, ['timestamp_not_seconds'], []],
  ['timestamp_skew', { ...good, nowSeconds: NOW + 301 }, ['timestamp_skew'], ['timestamp_skew']],
  ['timestamp_skew', { ...good, nowSeconds: NOW - 61, toleranceSeconds: 60 }, ['timestamp_skew'], ['timestamp_skew']],
  ['signature_prefix', house(right.house.toString('hex')), ['signature_prefix'], []],
  ['signature_prefix', standard(right.standard.toString('base64')), [], ['signature_prefix']],
  ['signature_encoding', house(`sha256=${right.house.toString('base64')}`), ['signature_encoding'], []],
  ['signature_encoding', standard(`v1,${right.standard.toString('hex')}`), [], ['signature_encoding']],
  ['signature_upper_case', house(`sha256=${right.house.toString('hex').toUpperCase()}`), ['signature_upper_case'], []],
  ['signature_truncated', house(hex(right.house).slice(0, -8)), ['signature_truncated'], []],
  // Decoding base64 passes over the line break.
  ['secret_whitespace', { ...good, secret: `${secret}\n` }, ['secret_whitespace'], []],
  ['secret_whitespace', house(hex(hmac(`${secret}\n`, bytes))), ['secret_whitespace'], []],
  ['secret_old', { ...good, secret: other, previousSecret: secret }, ['secret_old'], ['secret_old']],
  ['key_decoded', house(hex(hmac(key, bytes))), ['key_decoded'], []],
  ['key_not_decoded', standard(v1(hmac(secret, `evt_1.${NOW}.${body}`))), [], ['key_not_decoded']],
  ['key_without_prefix', house(hex(hmac(secret.slice(6), bytes))), ['key_without_prefix'], []],
  ['key_without_prefix', standard(v1(hmac(secret.slice(6), `evt_1.${NOW}.${body}`))), [], ['key_without_prefix']],
  ['content_not_body_alone', house(hex(hmac(secret, `${NOW}.${body}`))), ['content_not_body_alone'], []],
  ['content_not_body_alone', house(hex(hmac(key, `evt_1.${NOW}.${body}`))), ['key_decoded', 'content_not_body_alone'], []],
  ['content_without_id', standard(v1(hmac(key, `${NOW}.${body}`))), [], ['content_without_id']],
  ['content_body_alone', standard(v1(hmac(secret, body))), [], ['key_not_decoded', 'content_body_alone']],
  ['body_reserialized', { ...good, body: JSON.stringify(JSON.parse(body), null, 2) }, ['body_reserialized'], ['body_reserialized']],
  ['body_reserialized', house(hex(hmac(secret, python))), ['body_reserialized'], []],
  ['body_sorted', house(hex(hmac(secret, '{"a":{"name":"Zoë","price":29.99},"b":1}'))), ['body_sorted'], []],
  ['body_trailing_newline', { ...good, body: `${body}\n` }, ['body_reserialized'], ['body_reserialized']],
  ['body_trailing_newline', house(hex(hmac(secret, `${body}\n`))), ['body_trailing_newline'], []],
  ['body_line_breaks', { ...house(hex(hmac(secret, 'a\nb'))), body: 'a\r\nb' }, ['body_line_breaks'], ['no_match']],
  ['body_byte_order_mark', { ...good, body: `\ufeff${body}` }, ['body_byte_order_mark'], ['body_byte_order_mark']],
  ['body_latin1', { ...good, body: bytes.toString('latin1') }, ['body_latin1'], ['body_latin1']],
  ['no_match', { ...good, secret: other }, ['no_match'], ['no_match']],
  ['no_match', { ...good, body: '{"b":2}' }, ['no_match'], ['no_match']],
];

describe('a diagnosis', () => {
  it.each(ROWS)('finds %s', (_code, received, inHouse, inStandard) => {
    const diagnosis = diagnoseSignature(received);
    expect(codes(diagnosis)).toEqual([inHouse, inStandard]);
    expect([diagnosis.house.valid, diagnosis.standard.valid]).toEqual([inHouse.length === 0, inStandard.length === 0]);
  });

  it('has a row for every finding, and lists them in one order', () => {
    const found = new Set(ROWS.flatMap(([, , inHouse, inStandard]) => [...inHouse, ...inStandard]));
    expect([...found].sort()).toEqual([...FINDING_CODES].sort());
  });

  it('shows what was expected and what was found, and names the header', () => {
    const { house: found } = diagnoseSignature(house('sha256=00'));
    expect(found).toMatchObject({ expected: hex(right.house), found: 'sha256=00', findings: [{ header: 'X-Webhook-Signature' }] });
    expect(diagnoseSignature(drop('webhook-id')).standard.expected).toBeUndefined();
  });

  it('says by how much a timestamp is off, and that it looks like milliseconds', () => {
    const message = (received: Received) => diagnoseSignature(received).house.findings[0]?.message;
    expect(message({ ...good, nowSeconds: NOW + 400 })).toContain('400 s old; 300 s are allowed');
    expect(message({ ...good, nowSeconds: NOW - 400 })).toContain('400 s ahead');
    expect(message({ ...good, headers: { ...good.headers, 'X-Webhook-Timestamp': `${NOW}000` } })).toContain('milliseconds');
  });

  it('accepts either secret of a rotation where it is right to', () => {
    const headers = sign({ ...attempt, keys: signingKeys(other), previousKeys: [signingKeys(secret)] });
    expect(codes(diagnoseSignature({ ...good, headers }))).toEqual([[], []]);
    expect(codes(diagnoseSignature({ ...good, headers, secret: other, previousSecret: secret }))).toEqual([['secret_old'], []]);
  });

  it('never repeats a secret', () => {
    for (const [, received] of ROWS) {
      const text = JSON.stringify(diagnoseSignature({ ...received, previousSecret: other }));
      for (const one of [secret, other]) expect(text).not.toContain(one.slice(6, 20));
    }
  });

  it('makes nothing huge of a body that writing it anew would blow up', () => {
    const many = (count: number): string => Array(count).fill(1).join(',');
    const bodies = [`${'['.repeat(2_000)}${many(25_000)}${']'.repeat(2_000)}`, `[${many(500_000)}]`, `[[[[[[[${many(30_000)}]]]]]]]`];
    for (const text of bodies) for (const { value } of wrongBodies(text)) expect(value.length).toBeLessThan(2 * MAX_BODY_BYTES);
    expect(wrongBodies(`[${many(30_000)}]`).some(({ code }) => code === 'body_reserialized')).toBe(true);
  });

  it('takes bodies up to 1 MiB, nested as deep as they may be, and headers that are no text', () => {
    const deep = '['.repeat(MAX_BODY_BYTES / 2) + ']'.repeat(MAX_BODY_BYTES / 2);
    expect(diagnoseSignature({ ...good, body: deep }).house.valid).toBe(false);
    expect(() => diagnoseSignature({ ...good, body: 'x'.repeat(MAX_BODY_BYTES + 1) })).toThrow(
      expect.objectContaining({ code: 'VALIDATION_ERROR' }),
    );
    const odd = { 'X-Webhook-Signature': [right.house.toString('hex')], 'webhook-signature': { a: 1 }, __proto__: null };
    expect(codes(diagnoseSignature({ ...good, headers: { ...good.headers, ...odd } }))).toEqual([['signature_prefix'], ['header_missing']]);
  });
});
