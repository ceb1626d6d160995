// Real deliveries, verified as receivers would: by the libraries of Standard Webhooks, by node:crypto and by the guide's samples, before, during and after
// a rotation.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { newId } from '@portico/contracts/ids';
import { askSubgraph, testCaller } from '@portico/service-kit/testing';
import { type Received, startSink } from '@portico/webhook-relay/testing/start-sink';
import { SECRET, startTestRelay, TENANT, testEvent } from '@portico/webhook-relay/testing/start-test-relay';
import { VERIFY_SAMPLES } from '@portico/webhook-relay/testing/verify-samples';
import { Webhook } from 'standardwebhooks';
import { beforeAll, describe, expect, it } from 'vitest';

const MINUTE_MS = 60_000;

function verifiesStandard({ body, headers }: Received, secret: string): boolean {
  try {
    return new Webhook(secret).verify(body, headers as Record<string, string>) !== undefined;
  } catch {
    return false;
  }
}

function verifiesHouse({ body, headers }: Received, secret: string): boolean {
  return headers['x-webhook-signature'] === `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

const hasPythonLibrary = spawnSync('python3', ['-c', 'import standardwebhooks'], { stdio: 'ignore' }).status === 0;
const PYTHON = `import json, sys
from standardwebhooks import Webhook
def verifies(case):
    try:
        return Webhook(case["secret"]).verify(case["body"], case["headers"]) is not None
    except Exception:
        return False
print(json.dumps([verifies(case) for case in json.load(sys.stdin)]))`;

/** The second of the official libraries. */
function verifiesInPython(requests: readonly Received[], secret: string): boolean[] {
  const cases = requests.map(({ headers, body }) => ({ headers, body, secret }));
  return JSON.parse(execFileSync('python3', ['-c', PYTHON], { input: JSON.stringify(cases), encoding: 'utf8' }));
}

/** The headers of one family alone, so that it is what verifies. */
function ofFamily({ headers, body }: Received, prefix: string, secret: string) {
  const own = Object.entries(headers).filter(([name]) => name.startsWith(prefix));
  return { headers: Object.fromEntries(own) as Record<string, string>, body, secret, now: Math.floor(Date.now() / 1_000) };
}

/** Deliveries as they came in; their times are those of the machine's clock. */
async function someDeliveries(apiVersion: string): Promise<readonly Received[]> {
  await using relay = await startTestRelay();
  await using sink = await startSink();
  await relay.endpoint(sink.urlOf('one'), { api_version: apiVersion });
  await relay.publish(...Array.from({ length: 4 }, () => testEvent()));
  await relay.deliver();
  return sink.received;
}

describe.each(['1', '2'])('deliveries of API version %s, read elsewhere,', (apiVersion) => {
  let requests: readonly Received[] = [];
  let forged: readonly Received[] = [];
  beforeAll(async () => {
    requests = await someDeliveries(apiVersion);
    forged = requests.map((request) => ({ ...request, body: request.body.replace('active', 'actlve') }));
    expect([requests.length, forged[0]?.body === requests[0]?.body]).toEqual([4, false]);
  });

  for (const { language, command, installed, verify } of VERIFY_SAMPLES)
    it.skipIf(!installed)(`verify in the guide's ${language}, each family by itself (needs ${command})`, () => {
      const casesOf = (of: readonly Received[]) =>
        of.flatMap((request) => ['x-webhook-', 'webhook-'].map((prefix) => ofFamily(request, prefix, SECRET)));
      const verdicts = verify([...casesOf(requests), ...casesOf(forged)]);
      expect(verdicts).toEqual([...Array(8).fill(true), ...Array(8).fill(false)]);
    });

  it.skipIf(!hasPythonLibrary)('verify by the official library for Python (needs its package standardwebhooks)', () => {
    expect(verifiesInPython([...requests, ...forged], SECRET)).toEqual([...Array(4).fill(true), ...Array(4).fill(false)]);
  });
});

describe.each(['1', '2'])('deliveries of API version %s', (apiVersion) => {
  it('verify in both families at every attempt, each under its own time and the event under one id', async () => {
    // The library compares with the clock of the machine, so the first attempts are in its past.
    let now = Date.now() - 2 * MINUTE_MS;
    await using relay = await startTestRelay({ now: () => new Date(now) });
    let up = false;
    await using sink = await startSink(() => (up ? 200 : 500));
    await relay.endpoint(sink.urlOf('one'), { api_version: apiVersion });
    await relay.publish(...Array.from({ length: 4 }, () => testEvent()));
    await relay.deliver();
    up = true;
    now += MINUTE_MS;
    await relay.deliver();
    now += 30_000;
    await relay.deliver();
    const attempts = sink.received;
    expect(new Set(attempts.map(({ headers }) => headers['webhook-id'])).size).toBe(4);
    expect(attempts.length).toBe(8);
    for (const attempt of attempts) expect([verifiesStandard(attempt, SECRET), verifiesHouse(attempt, SECRET)]).toEqual([true, true]);
    for (const tries of Map.groupBy(attempts, ({ headers }) => headers['webhook-id']).values()) {
      expect(new Set(tries.map(({ body }) => body)).size).toBe(1);
      expect(new Set(tries.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(tries.length);
    }
    const [first] = attempts;
    if (first === undefined) throw new Error('Nothing came.');
    const altered = { ...first, body: first.body.replace('active', 'actlve') };
    expect([verifiesStandard(altered, SECRET), verifiesHouse(altered, SECRET)]).toEqual([false, false]);
  });
});

describe('a rotation', () => {
  it('lets old and new secret verify until the time it shows, and the old one not a second longer', async () => {
    let now = Math.floor(Date.now() / 1_000) * 1_000 - MINUTE_MS;
    await using relay = await startTestRelay({ now: () => new Date(now) });
    await using sink = await startSink();
    const id = await relay.endpoint(sink.urlOf('one'));
    const caller = testCaller(['read', 'write'], { ...TENANT, requestId: newId('request') });
    const source = 'mutation ($id: ID!) { rotateWebhookSecret(id: $id, overlapSeconds: 30) { secret previousSecretExpiresAt } }';
    type Rotated = { rotateWebhookSecret: { secret: string; previousSecretExpiresAt: string } };
    const { secret, previousSecretExpiresAt } = (await askSubgraph<Rotated>(relay.relay, caller, source, { id })).rotateWebhookSecret;
    const expiresAt = Date.parse(previousSecretExpiresAt);
    const seen: unknown[] = [];
    for (const at of [now, expiresAt - 1, expiresAt, expiresAt + 1_000]) {
      now = at;
      await relay.publish(testEvent());
      await relay.deliver();
      const request = sink.received.at(-1);
      if (request === undefined) throw new Error('Nothing came.');
      const standard = [SECRET, secret].map((one) => verifiesStandard(request, one));
      seen.push([...standard, verifiesHouse(request, SECRET), verifiesHouse(request, secret)]);
    }
    // Standard: old, new; house, which has room for one: old, new.
    const [during, after] = [
      [true, true, true, false],
      [false, true, false, true],
    ];
    expect(seen).toEqual([during, during, after, after]);
  });
});
