import { describe, expect, it } from 'vitest';
import { createPostgresDataVersions } from './data-versions.ts';

const tenant = { accountId: 'acct_1', mode: 'test' } as const;
const other = { accountId: 'acct_2', mode: 'test' } as const;

function versions(run: (accounts: readonly string[]) => Promise<string[]>) {
  const asked: string[][] = [];
  const subject = createPostgresDataVersions({
    schemas: ['orders', 'products'],
    run: async (_text, [accounts]) => {
      asked.push(accounts as string[]);
      return (await run(accounts as string[])).map((version) => ({ version }));
    },
  });
  return { subject, asked };
}

describe('data versions', () => {
  it('asks once for all that wait together, once per tenant', async () => {
    const { subject, asked } = versions(async (accounts) => accounts.map((account) => `v-${account}`));
    const answers = await Promise.all([subject.current(tenant), subject.current(other), subject.current(tenant)]);
    expect(answers).toEqual(['v-acct_1', 'v-acct_2', 'v-acct_1']);
    expect(asked).toEqual([['acct_1', 'acct_2']]);
  });

  it('never answers a request with a statement that was begun before it came', async () => {
    const begun: (() => void)[] = [];
    let count = 0;
    const { subject } = versions(async () => {
      count += 1;
      const version = String(count);
      await new Promise<void>((resolve) => begun.push(resolve));
      return [version];
    });
    const first = subject.current(tenant);
    await new Promise(setImmediate);
    const second = subject.current(tenant);
    begun[0]?.();
    expect(await first).toBe('1');
    await new Promise(setImmediate);
    begun[1]?.();
    expect(await second).toBe('2');
  });

  it('tells all that wait when the database is away, and asks again for the next', async () => {
    let away = true;
    const { subject } = versions(async () => (away ? Promise.reject(new Error('away')) : ['7']));
    const results = await Promise.allSettled([subject.current(tenant), subject.current(tenant)]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    away = false;
    expect(await subject.current(tenant)).toBe('7');
  });
});
