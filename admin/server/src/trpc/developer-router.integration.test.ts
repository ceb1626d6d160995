import { hash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestSides, type TestSides } from '../testing/open-test-sides.ts';

let sides: TestSides;
beforeAll(async () => {
  sides = await openTestSides();
});
afterAll(() => sides?.[Symbol.asyncDispose]());

describe('a developer', () => {
  it('signs up, confirms the address from a letter, signs in, opens an account and makes a key that works', async () => {
    const { client } = await sides.developer('ada@example.com');
    expect(await client.me.get.query()).toMatchObject({ email: 'ada@example.com', accounts: [] });
    const { id: accountId } = await client.accounts.create.mutate({ slug: 'ada', name: "Ada's shop" });
    expect(await client.me.get.query()).toMatchObject({ accounts: [{ id: accountId, slug: 'ada', role: 'owner' }] });
    const made = await client.apiKeys.create.mutate({ accountId, name: 'First', mode: 'test', scopes: ['orders:read'] });
    expect(await sides.admin.keySource.findKey(hash('sha256', made.key))).toMatchObject({
      id: made.id,
      accountId,
      tier: 'pro',
      signingSecret: made.secret,
    });
  });
});
