import { tmpdir } from 'node:os';
import type { RunStatement } from '@portico/service-kit/reads/reads';
import { expect, it } from 'vitest';
import { embeddedDatabaseHealth } from './embedded-database-health.ts';

const MIB = 1024 * 1024;
const run: RunStatement = async (text) => (text.includes('data_directory') ? [{ folder: tmpdir() }] : []);
const withRoom = (bytes: number) => embeddedDatabaseHealth(run, async () => ({ bavail: bytes / 4_096, bsize: 4_096 }));

it('a database whose disk is nearly full is said to be so, by how much is left, before writes are refused', async () => {
  expect(await withRoom(512 * MIB)).toEqual({ status: 'up' });
  const health = await withRoom(511 * MIB);
  expect(health).toEqual({ status: 'fallback', detail: 'Its disk is nearly full: 511 MiB are left. Without room it takes no writes.' });
  expect((await withRoom(0)).detail).toContain('0 MiB');
});

it('a database that does not answer is not asked for its disk', async () => {
  await expect(embeddedDatabaseHealth(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
});
