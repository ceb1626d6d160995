import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { startSink } from '../testing/start-sink.ts';
import { startTestRelay, testEvent } from '../testing/start-test-relay.ts';

const program = fileURLToPath(new URL('../testing/relay-process.ts', import.meta.url));
const EVENTS = 300;
const CONCURRENCY = 5;
const LEASE_MS = 2_000;

function startProcess(databaseUrl: string): ChildProcess {
  return fork(program, [databaseUrl, String(LEASE_MS)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
}

it('loses nothing when a process is killed again and again, and sends twice only what was under way', { timeout: 360_000 }, async () => {
  await using relay = await startTestRelay({ engine: { workers: 1 } });
  let onReceived = (): void => {};
  await using sink = await startSink((_, response) => {
    onReceived();
    // Slow enough that every kill finds attempts between the request and the note of its success.
    setTimeout(() => response.writeHead(200).end(), 10);
    return undefined;
  });
  const id = await relay.endpoint(sink.urlOf('one'), { concurrency: CONCURRENCY, status: 'paused' });
  await relay.publish(...Array.from({ length: EVENTS }, () => testEvent()));
  await relay.sql(`update webhooks.endpoint set status = 'active' where id = $1`, [id]);
  let kills = 0;
  for (; kills < 3; kills += 1) {
    const last = sink.received.length + 15;
    const child = startProcess(relay.databaseUrl);
    // Here and not when somebody looks: on a busy machine it would have sent all of them by then.
    onReceived = () => void (sink.received.length > last && child.kill('SIGKILL'));
    const [, signal] = await once(child, 'exit');
    expect(signal).toBe('SIGKILL');
  }
  onReceived = () => {};
  const last = startProcess(relay.databaseUrl);
  const left = async (): Promise<unknown> =>
    (await relay.sql(`select count(*)::int as left from webhooks.delivery where status <> 'succeeded'`, []))[0];
  await expect.poll(left, { timeout: 180_000, interval: 100 }).toEqual({ left: 0 });
  last.kill('SIGKILL');
  const ids = sink.received.map(({ headers }) => headers['webhook-id']);
  expect(new Set(ids).size).toBe(EVENTS);
  // What was under way at a kill, and what had been answered and not yet written down.
  expect(ids.length - EVENTS).toBeLessThanOrEqual(kills * 2 * CONCURRENCY);
});
