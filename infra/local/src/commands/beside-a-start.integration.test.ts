// What commands do to a platform that runs meanwhile on the same data.

import { onTaskRun } from '@portico/service-kit/subgraph/task-runs';
import { silentLogger, testCaller } from '@portico/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandTest, openCommandTest } from '../cli/testing.ts';
import { loadLocalConfig } from '../config.ts';
import { configuredSecrets } from '../start/open-admin.ts';
import { type StartedSubgraphs, startSubgraphs } from '../start/start-subgraphs.ts';
import { accountsCreate } from './access/accounts-create.ts';
import { secretsRotate } from './access/secrets-rotate.ts';
import { migrate } from './migrate.ts';
import { seed } from './seed.ts';

const CUSTOMERS = '{ customers(page: { number: 1, size: 100 }) { items { name email } } }';

let test: CommandTest;
/** The programs of a start. */
let running: StartedSubgraphs;
beforeAll(async () => {
  test = await openCommandTest([accountsCreate, migrate, secretsRotate, seed]);
  const config = loadLocalConfig(test.env);
  const secrets = configuredSecrets(config);
  running = await startSubgraphs(
    { databaseUrl: test.databaseUrl, poolMax: 2, ...secrets, secretKeys: () => configuredSecrets(config).secretKeys },
    // What runs in the tests is of the commands.
    { loggerOf: () => silentLogger, tasks: 'by-hand' },
  );
});
afterAll(async () => {
  await running?.[Symbol.asyncDispose]();
  await test?.[Symbol.asyncDispose]();
});

async function customersOf(accountId: string): Promise<unknown> {
  return running.client.execute(CUSTOMERS, {}, testCaller(['read'], { accountId, mode: 'test' }));
}

describe('commands beside a platform that runs', () => {
  it('migrate runs no background task: what is left to do is for programs that know provider and mail', async () => {
    const ran: string[] = [];
    using _ = onTaskRun(({ subgraph, task }) => void ran.push(`${subgraph} ${task}`));
    expect(await test.run('migrate')).toMatchObject({ code: 0 });
    expect(ran).toEqual([]);
  });

  it('what is sealed under a rotated key is read by programs that were started before', async () => {
    const { accountId } = JSON.parse((await test.run('seed', '--orders', '1', '--json')).out);
    const before = await customersOf(accountId);
    expect(await test.run('secrets', 'rotate')).toMatchObject({ code: 0 });
    const { id: other } = JSON.parse((await test.run('accounts', 'create', '--slug', 'other', '--json')).out);
    expect(await test.run('seed', '--account', 'other', '--orders', '1')).toMatchObject({ code: 0 });
    expect(await customersOf(accountId)).toEqual(before);
    expect(await customersOf(other)).toMatchObject({
      customers: { items: expect.arrayContaining([{ name: expect.any(String), email: expect.any(String) }]) },
    });
  });
});
