// The same halving as in virtual time, over HTTP, with timers and sockets as they are, and three times as slow, so that a busy machine can carry
// it. A limit that follows the provider and one of 64 places go through it at the same time, each with a server of its own, so that what the
// machine does to one it does to the other.
import { setTimeout as delay } from 'node:timers/promises';
import { printCounts } from '@portico/service-kit/testing-counts';
import { expect, it } from 'vitest';
import { createClient } from '../create-client.ts';
import { defineProvider, op, type ProviderSettings } from '../define-provider.ts';
import { startTimer } from '../policies/start-timer.ts';
import { seeded } from '../testing/seeded.ts';
import { codeOf, startServer } from './surroundings/testing-client.ts';
import { openWorkers } from './surroundings/workers.ts';

const [HEALTHY, HALVED] = [40, 20];
const SLOWER = 3;
/** What a worker takes for a request, if it were not slower. */
const WORK_MS = 100;
const [BEFORE_MS, HALVED_MS] = [6_000, 10_000];
const AT_A_TIME = 64;

type Concurrency = NonNullable<ProviderSettings['limits']>['concurrency'];
type Ends = { calls: number; ok: number };

/** What became of all calls that ended while half of the workers were gone. */
async function halving(concurrency: Concurrency): Promise<Ends> {
  const workers = openWorkers(HEALTHY, (run, ms) => startTimer(run, ms * SLOWER), seeded(8));
  await using server = await startServer(async (_request, response) => {
    await workers.serve();
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  const upstream = defineProvider('upstream', {
    baseUrl: server.url,
    deadlineMs: 2_000 * SLOWER,
    attemptTimeoutMs: 250 * SLOWER,
    limits: { perMinute: 10_000_000, concurrency },
    operations: { read: op.get('/things', { cache: 'none' }) },
  });
  const secrets = { get: () => Promise.reject(new Error('There are no secrets here.')) };
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  await using client = createClient({ providers: { upstream }, secrets, logger, flags: { isOn: () => false } });
  const ends: Ends = { calls: 0, ok: 0 };
  let phase: 'before' | 'halved' | 'over' = 'before';
  const caller = async (): Promise<void> => {
    while (phase !== 'over') {
      const end = await codeOf(client.upstream.read());
      if (phase === 'halved') ends.calls += 1;
      if (phase === 'halved' && end === 'ok') ends.ok += 1;
      if (end !== 'ok') await delay(100 * SLOWER);
    }
  };
  const callers = Array.from({ length: AT_A_TIME }, caller);
  await delay(BEFORE_MS);
  workers.count = HALVED;
  phase = 'halved';
  await delay(HALVED_MS);
  phase = 'over';
  await Promise.all(callers);
  return ends;
}

it('a provider whose capacity halves does more with an adaptive limit than with 64 places, and fewer calls fail', async () => {
  const [adaptive, fixed] = await Promise.all([halving('adaptive'), halving(AT_A_TIME)]);
  const shown = ({ calls, ok }: Ends): string => `${ok} of ${calls}`;
  printCounts(`half of a provider over HTTP, ${HALVED_MS / 1_000} s, calls that succeed`, {
    adaptive: shown(adaptive),
    '64 places': shown(fixed),
  });
  // A tenth of what 20 workers can do, on the slowest machine.
  expect(adaptive.ok).toBeGreaterThan((HALVED * HALVED_MS) / (WORK_MS * SLOWER) / 10);
  // It was two to six times as many; a machine whose timers are late brings the two nearer to each other.
  expect(adaptive.ok).toBeGreaterThan(1.3 * fixed.ok);
  expect(adaptive.ok / adaptive.calls).toBeGreaterThan(1.5 * (fixed.ok / fixed.calls));
});
