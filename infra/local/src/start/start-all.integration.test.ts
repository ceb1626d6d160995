import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, testCaller } from '@portico/service-kit/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadLocalConfig } from '../config.ts';
import { DEMO_SLUG } from '../kept/demo-account.ts';
import { readRunning } from '../kept/running-file.ts';
import { banner } from './banner.ts';
import { type StartedPlatform, type StartGateway, startAll } from './start-all.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portico-all-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Stands where the gateway's listeners would, and reports what the programs around it can do. */
function gatewayThatCounts(counts: number[]): StartGateway {
  return async ({ admin, subgraphs }) => {
    const { id } = await admin.accounts.find(DEMO_SLUG);
    const caller = testCaller(['read'], { accountId: id, mode: 'test' });
    const { orders } = await subgraphs.client.execute<{ orders: { total: number } }>(
      'query { orders(page: { number: 1, size: 1 }) { total } }',
      {},
      caller,
    );
    counts.push(orders.total);
    return {
      publicUrl: 'http://127.0.0.1:4000',
      internalUrl: 'http://127.0.0.1:4001',
      tellOwners: async () => {},
      async [Symbol.asyncDispose]() {},
    };
  };
}

function startHere(startGateway: StartGateway, said: string[] = []): Promise<StartedPlatform> {
  const config = loadLocalConfig({ DATA_DIR: join(folder, 'data'), REDIS_URL: 'none', NATS_URL: 'none' });
  return startAll({ config, startGateway, loggerOf: () => silentLogger, log: (message) => said.push(message), now: () => new Date() });
}

// A first start makes a database and fills it.
describe('the start of everything in one process', { timeout: 240_000 }, () => {
  it('fills the demo account at the first start, and keeps data and key at the second', async () => {
    const counts: number[] = [];
    const said: string[] = [];
    const first = await startHere(gatewayThatCounts(counts), said);
    expect(said.join()).toContain('500 orders');
    expect(readRunning(join(folder, 'data'))).toMatchObject({ pid: process.pid });
    await first[Symbol.asyncDispose]();
    expect(readRunning(join(folder, 'data'))).toBeUndefined();
    const saidAgain: string[] = [];
    const second = await startHere(gatewayThatCounts(counts), saidAgain);
    await second[Symbol.asyncDispose]();
    expect(counts).toEqual([500, 500]);
    expect(second.demoKey).toEqual(first.demoKey);
    expect(saidAgain.filter((message) => message.includes('demo data'))).toEqual([]);
  });

  it('stops what it started when a later step fails', async () => {
    await expect(startHere(() => Promise.reject(new Error('The port is taken.')))).rejects.toThrow('The port is taken.');
    const log = readFileSync(join(folder, 'data', 'postgres.log'), 'utf8');
    expect(log).toContain('database system is shut down');
  });
});

describe('the banner', () => {
  it('says what each dependency resolved to, and prints a line that signs itself', async () => {
    const resolved = [
      { name: 'postgres', resolved: 'embedded, at postgres://127.0.0.1:20000/portico' },
      { name: 'redis', resolved: 'none, rate limits are kept in memory (REDIS_URL is not set)' },
    ] as const;
    const demoKey = { id: 'key_1', key: 'ak_test_1', secret: 'sk_1' };
    const text = banner({
      publicUrl: 'http://127.0.0.1:4000',
      internalUrl: 'http://127.0.0.1:4001',
      resolved,
      demoKey,
      databaseEnded: new Promise(() => {}),
      async [Symbol.asyncDispose]() {},
    });
    expect(text).toContain('postgres  embedded, at postgres://127.0.0.1:20000/portico');
    expect(text).toContain('none, rate limits are kept in memory (REDIS_URL is not set)');
    expect(text).toMatch(/^T=\$\(date \+%s\); curl -sS 'http:\/\/127\.0\.0\.1:4000\/api\/v1\/orders\?perPage=2'/m);
  });
});
