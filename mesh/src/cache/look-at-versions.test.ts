import { describe, expect, it } from 'vitest';
import { createLookAtVersions } from './look-at-versions.ts';

const tenant = { accountId: 'acct_1', mode: 'test' } as const;
const other = { accountId: 'acct_2', mode: 'test' } as const;

/** A database whose transactions are counted, and in which every tenant's version is what it is set to. */
function newDatabase() {
  const state = { transactions: 1, version: 1, looks: [] as ('read' | 'same')[] };
  const look = createLookAtVersions({
    schemas: ['orders'],
    run: async (_text, [accounts, , unless]) => {
      const seen = String(state.transactions);
      state.looks.push(seen === unless ? 'same' : 'read');
      return seen === unless ? [] : (accounts as string[]).map((account) => ({ version: `${account} ${state.version}`, seen }));
    },
  });
  return { state, look };
}

describe('a look at data versions', () => {
  it('reads them again only when something was written', async () => {
    const { state, look } = newDatabase();
    for (let time = 0; time < 3; time += 1) expect(await look([tenant, other])).toEqual(['acct_1 1', 'acct_2 1']);
    state.transactions += 1;
    state.version += 1;
    for (let time = 0; time < 2; time += 1) expect(await look([tenant, other])).toEqual(['acct_1 2', 'acct_2 2']);
    expect(state.looks).toEqual(['read', 'same', 'same', 'read', 'same']);
  });

  it('reads the version of a tenant that nobody asked for yet', async () => {
    const { state, look } = newDatabase();
    await look([tenant]);
    for (let time = 0; time < 2; time += 1) expect(await look([other, tenant])).toEqual(['acct_2 1', 'acct_1 1']);
    expect(state.looks).toEqual(['read', 'read', 'same']);
  });

  it('keeps no version of a tenant from before a write that another one heard of', async () => {
    const { state, look } = newDatabase();
    await look([tenant, other]);
    state.transactions += 1;
    state.version = 2;
    await look([tenant]);
    expect(await look([other, tenant])).toEqual(['acct_2 2', 'acct_1 2']);
  });
});
