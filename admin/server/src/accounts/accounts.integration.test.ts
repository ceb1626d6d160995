import { createTestDatabase, silentLogger, TEST_SECRET_KEYS } from '@portico/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Admin, start } from '../server.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let admin: Admin;
beforeAll(async () => {
  database = await createTestDatabase();
  admin = await start({ databaseUrl: database.url, poolMax: 10, secretKeys: TEST_SECRET_KEYS }, { logger: silentLogger });
});
afterAll(async () => {
  await admin?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

describe('accounts', () => {
  it('are made once per slug, however many make one at the same time', async () => {
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => admin.accounts.create({ slug: 'acme', name: 'Acme' })));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const one of tries) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'CONFLICT' });
  });

  it('are found by slug and by id', async () => {
    const { id } = await admin.accounts.create({ slug: 'found', name: 'Found' });
    expect(await admin.accounts.find('found')).toMatchObject({ id });
    expect(await admin.accounts.find(id)).toMatchObject({ slug: 'found' });
    await expect(admin.accounts.find('missing')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it.each(['A', 'a', '9lives', 'with space', 'x'.repeat(40)])('refuse the slug %s and say why', async (slug) => {
    await expect(admin.accounts.create({ slug, name: 'x' })).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      details: { slug: expect.stringContaining('2 to 39') },
    });
  });

  it('have names of one line: they stand in letters of ours', async () => {
    const name = 'Acme\n\nYour password has expired: http://evil.example';
    await expect(admin.accounts.create({ slug: 'letters', name })).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      details: { name: 'It must be one line, without control characters.' },
    });
  });
});
