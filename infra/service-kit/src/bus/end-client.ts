import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';

const END_MS = 1_000;

/** Ends a connection, and waits for that only as long as one takes that is not hanging. */
export async function endClient(client: pg.Client): Promise<void> {
  const waited = new AbortController();
  const ended = client.end().catch(() => {});
  await Promise.race([ended, pause(END_MS, undefined, { signal: waited.signal, ref: false }).catch(() => {})]);
  waited.abort();
}
