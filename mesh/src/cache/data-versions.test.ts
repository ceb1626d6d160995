import { describe, expect, it } from 'vitest';
import { createDataVersions, SHARED_ENOUGH } from './data-versions.ts';

const tenant = { accountId: 'acct_1', mode: 'test' } as const;
const other = { accountId: 'acct_2', mode: 'test' } as const;

function versions(run: (accounts: readonly string[]) => Promise<string[]>) {
  const asked: string[][] = [];
  const subject = createDataVersions((tenants) => {
    const accounts = tenants.map(({ accountId }) => accountId);
    asked.push(accounts);
    return run(accounts);
  });
  return { subject, asked };
}

const endOfTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('data versions', () => {
  it('asks once for all that wait together, once per tenant', async () => {
    const { subject, asked } = versions(async (accounts) => accounts.map((account) => `v-${account}`));
    const answers = await Promise.all([subject.current(tenant), subject.current(other), subject.current(tenant)]);
    expect(answers).toEqual(['v-acct_1', 'v-acct_2', 'v-acct_1']);
    expect(asked).toEqual([['acct_1', 'acct_2']]);
  });

  it('waits for those who come while others are read', async () => {
    const { subject, asked } = versions(async (accounts) => accounts.map(() => '1'));
    const together = [subject.current(tenant), subject.current(tenant)];
    await endOfTurn();
    expect(asked).toEqual([]);
    together.push(subject.current(other));
    await Promise.all(together);
    expect(asked).toEqual([['acct_1', 'acct_2']]);
  });

  it('lets nobody wait who comes alone', async () => {
    const { subject, asked } = versions(async () => ['1']);
    const alone = subject.current(tenant);
    await endOfTurn();
    expect(asked).toEqual([['acct_1']]);
    await alone;
  });

  it('brings those who ask again as soon as they are answered together with those who waited meanwhile', async () => {
    const answers: ((versions: string[]) => void)[] = [];
    const { subject, asked } = versions(() => new Promise((resolve) => answers.push(resolve)));
    const again = subject.current(tenant).then(async () => {
      await endOfTurn();
      return subject.current(tenant);
    });
    await endOfTurn();
    const meanwhile = subject.current(other);
    answers[0]?.(['1']);
    while (answers.length < 2) await endOfTurn();
    answers[1]?.(['1', '1']);
    await Promise.all([again, meanwhile]);
    expect(asked).toEqual([['acct_1'], ['acct_2', 'acct_1']]);
  });

  it('waits for nobody more once many share a look', async () => {
    const { subject, asked } = versions(async (accounts) => accounts.map(() => '1'));
    const all = Array.from({ length: SHARED_ENOUGH }, () => subject.current(tenant));
    await endOfTurn();
    expect(asked).toHaveLength(1);
    await Promise.all(all);
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
    await endOfTurn();
    const second = subject.current(tenant);
    begun[0]?.();
    expect(await first).toBe('1');
    while (begun.length < 2) await endOfTurn();
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
