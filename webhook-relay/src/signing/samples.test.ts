// The samples that partners copy, run as they are where their interpreter is installed.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type ReceivedCase, sampleFile, VERIFY_SAMPLES } from '../testing/verify-samples.ts';
import { newSecret, signingKeys } from './secret.ts';
import { sign } from './sign.ts';

const GUIDE = fileURLToPath(new URL('../../GUIDE.md', import.meta.url));

const NOW = 1_772_366_400;
const body = '{"id":"evt_1","data":{"name":"Zoë"}}';
const signed = (secret: string, previousSecret?: string): Record<string, string> => {
  const headers = sign({
    eventId: 'evt_1',
    eventType: 'order.created',
    attempt: 1,
    timestampSeconds: NOW,
    body: Buffer.from(body),
    keys: signingKeys(secret),
    previousKeys: previousSecret === undefined ? [] : [signingKeys(previousSecret)],
  });
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
};
const family = (headers: Record<string, string>, prefix: string) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith(prefix)));
const [secret, next, chosen] = [
  newSecret(() => Buffer.alloc(32, 1)),
  newSecret(() => Buffer.alloc(32, 2)),
  'a-secret-that-a-partner-chose',
];
const good: ReceivedCase = { headers: signed(secret), body, secret, now: NOW };

const CASES: readonly [why: string, given: ReceivedCase, verifies: boolean][] = [
  ['both families', good, true],
  ['the house header alone', { ...good, headers: family(good.headers, 'x-webhook-') }, true],
  ['the Standard header alone', { ...good, headers: family(good.headers, 'webhook-') }, true],
  ['a secret that the partner chose', { ...good, secret: chosen, headers: family(signed(chosen), 'webhook-') }, true],
  ['the old secret during a rotation', { ...good, headers: signed(next, secret) }, true],
  ['the new secret during a rotation', { ...good, secret: next, headers: signed(next, secret) }, true],
  ['the old secret after a rotation', { ...good, headers: signed(next) }, false],
  ['another body', { ...good, body: body.replace('evt_1', 'evt_2') }, false],
  ['another secret', { ...good, secret: next }, false],
  ['the oldest time that is tolerated', { ...good, now: NOW + 300 }, true],
  ['an old time', { ...good, now: NOW + 301 }, false],
  ['a time ahead', { ...good, now: NOW - 301 }, false],
  ['no headers', { ...good, headers: {} }, false],
  ['a time that is none', { ...good, headers: { ...good.headers, 'x-webhook-timestamp': 'now', 'webhook-timestamp': '' } }, false],
  [
    'a time of five thousand digits',
    { ...good, headers: { ...good.headers, 'x-webhook-timestamp': '9'.repeat(5_000), 'webhook-timestamp': '9'.repeat(5_000) } },
    false,
  ],
  ['a time that was exchanged', { ...good, headers: { ...family(good.headers, 'webhook-'), 'webhook-timestamp': String(NOW + 1) } }, false],
  [
    'a signature of another length',
    { ...good, headers: { ...good.headers, 'x-webhook-signature': 'sha256=00', 'webhook-signature': 'v1,AA==' } },
    false,
  ],
];

describe('the samples of the guide', () => {
  for (const { language, command, installed, file, verify } of VERIFY_SAMPLES) {
    it.skipIf(!installed)(`${language}: verifies what is right and nothing else (needs ${command})`, { timeout: 30_000 }, () => {
      const verdicts = verify(CASES.map(([, given]) => given));
      expect(CASES.map(([why], index) => [why, verdicts[index]])).toEqual(CASES.map(([why, , verifies]) => [why, verifies]));
    });

    it(`${language}: stands in the guide as it is tested`, () => {
      expect(readFileSync(GUIDE, 'utf8')).toContain(readFileSync(file, 'utf8').trim());
    });
  }

  it('include a receiver, as it runs in the README', () => {
    expect(readFileSync(GUIDE, 'utf8')).toContain(readFileSync(sampleFile('receiver.mjs'), 'utf8').trim());
  });
});
