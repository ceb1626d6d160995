// What the audit log keeps when a gateway ends: everything on SIGTERM, all but the last second on SIGKILL.
import { randomUUID } from 'node:crypto';
import { createTestDatabase } from '@portico/service-kit/testing';
import { type Stopwatch, startStopwatch } from '@portico/service-kit/testing-stopwatch';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { type GatewayProcess, startGatewayProcess } from '../../stack/processes/gateway-process.ts';

const CLIENTS = 16;

/** Asks without pause until the gateway is gone; what was answered, by request id, with the time of the answer on the stopwatch. */
function load(gateway: GatewayProcess, { tookMs }: Stopwatch): { answered: Map<string, number>; ended: Promise<unknown> } {
  const answered = new Map<string, number>();
  const client = async (): Promise<void> => {
    for (;;) {
      const id = randomUUID();
      const answer = await fetch(`${gateway.url}/api`, { headers: { 'x-request-id': id } })
        .then((response) => response.text())
        .catch(() => undefined);
      if (answer === undefined) return;
      answered.set(id, tookMs());
    }
  };
  return { answered, ended: Promise.all(Array.from({ length: CLIENTS }, client)) };
}

async function recorded(databaseUrl: string): Promise<{ ids: Set<string>; count: number }> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query('select request_id from access.request_log');
    return { ids: new Set(rows.map(({ request_id }) => request_id)), count: rows.length };
  } finally {
    await client.end();
  }
}

describe('a gateway that ends under load', () => {
  it('has a record of every answer when it is asked to stop', async () => {
    await using database = await createTestDatabase();
    await using gateway = await startGatewayProcess(database.url);
    using stopwatch = startStopwatch();
    const { answered, ended } = load(gateway, stopwatch);
    await expect.poll(() => answered.size, { timeout: 30_000 }).toBeGreaterThan(1_500);
    expect(await gateway.end('SIGTERM')).toEqual([0, null]);
    await ended;
    const { ids, count } = await recorded(database.url);
    expect([...answered.keys()].filter((id) => !ids.has(id))).toEqual([]);
    expect(count).toBe(ids.size);
  });

  it('has lost at most the last second when it is killed', async () => {
    await using database = await createTestDatabase();
    await using gateway = await startGatewayProcess(database.url);
    using stopwatch = startStopwatch();
    const { answered, ended } = load(gateway, stopwatch);
    const due = (at: number) => [...answered].filter(([, answeredAt]) => answeredAt < at - 1_000).map(([id]) => id);
    await expect.poll(() => due(stopwatch.tookMs()).length).toBeGreaterThan(500);
    const killedAt = stopwatch.tookMs();
    await gateway.end('SIGKILL');
    await ended;
    const { ids } = await recorded(database.url);
    expect(due(killedAt).filter((id) => !ids.has(id))).toEqual([]);
  });
});
