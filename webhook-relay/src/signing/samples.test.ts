// The samples that partners copy, run as they are where their interpreter is installed.
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { newSecret, signingKeys } from './secret.ts';
import { sign } from './sign.ts';

const sample = (name: string): string => fileURLToPath(new URL(`../../samples/${name}`, import.meta.url));
const GUIDE = fileURLToPath(new URL('../../GUIDE.md', import.meta.url));

type Case = { headers: Record<string, string>; body: string; secret: string; now: number };

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
    previousKeys: previousSecret === undefined ? undefined : signingKeys(previousSecret),
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
const good: Case = { headers: signed(secret), body, secret, now: NOW };

const CASES: readonly [why: string, given: Case, verifies: boolean][] = [
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

/** Each reads the cases as JSON from its input and prints the list of its verdicts. */
const LANGUAGES = [
  {
    language: 'JavaScript',
    file: 'verify.mjs',
    command: 'node',
    args: (file: string) => [
      '--input-type=module',
      '-e',
      `import { readFileSync } from 'node:fs'; import { verifyWebhook } from ${JSON.stringify(file)};
       console.log(JSON.stringify(JSON.parse(readFileSync(0)).map((c) => verifyWebhook(c.headers, Buffer.from(c.body), c.secret, { now: c.now }))));`,
    ],
  },
  {
    language: 'Python',
    file: 'verify.py',
    command: 'python3',
    args: (file: string) => [
      '-c',
      `import json, runpy, sys\nverify = runpy.run_path(${JSON.stringify(file)})["verify_webhook"]
print(json.dumps([verify(c["headers"], c["body"].encode(), c["secret"], now=c["now"]) for c in json.load(sys.stdin)]))`,
    ],
  },
  {
    language: 'PHP',
    file: 'verify.php',
    command: 'php',
    args: (file: string) => [
      '-r',
      `require ${JSON.stringify(file)};
       echo json_encode(array_map(fn($c) => verify_webhook($c['headers'], $c['body'], $c['secret'], 300, $c['now']), json_decode(stream_get_contents(STDIN), true)));`,
    ],
  },
  {
    language: 'Ruby',
    file: 'verify.rb',
    command: 'ruby',
    args: (file: string) => [
      '-e',
      `require "json"; load ${JSON.stringify(file)}
       puts JSON.generate(JSON.parse(STDIN.read).map { |c| verify_webhook(c["headers"], c["body"], c["secret"], now: c["now"]) })`,
    ],
  },
] as const;

describe('the samples of the guide', () => {
  for (const { language, file, command, args } of LANGUAGES) {
    const installed = spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
    it.skipIf(!installed)(`${language}: verifies what is right and nothing else (needs ${command})`, { timeout: 30_000 }, () => {
      const input = JSON.stringify(CASES.map(([, given]) => given));
      const verdicts = JSON.parse(execFileSync(command, args(sample(file)), { input, encoding: 'utf8' }));
      expect(CASES.map(([why], index) => [why, verdicts[index]])).toEqual(CASES.map(([why, , verifies]) => [why, verifies]));
    });

    it(`${language}: stands in the guide as it is tested`, () => {
      expect(readFileSync(GUIDE, 'utf8')).toContain(readFileSync(sample(file), 'utf8').trim());
    });
  }

  it('include a receiver, as it runs in the README', () => {
    expect(readFileSync(GUIDE, 'utf8')).toContain(readFileSync(sample('receiver.mjs'), 'utf8').trim());
  });
});
