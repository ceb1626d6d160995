import { AppError, notFound } from '@portico/contracts/errors';
import { newId } from '@portico/contracts/ids';
import { brokenUniqueConstraint } from '@portico/service-kit/database-errors';
import { parseInput } from '@portico/service-kit/parse-input';
import { z } from 'zod';
import { recordAdminAction } from '../admin-log/record-admin-action.ts';
import type { AdminContext } from '../context.ts';
import { Account } from './account.entity.ts';

const input = z.object({
  slug: z.string().regex(/^[a-z][a-z0-9-]{1,38}$/, 'It must be 2 to 39 lower-case letters, digits and dashes, beginning with a letter.'),
  name: z.string().trim().min(1).max(100),
  allowedOrigins: z
    .array(z.url({ protocol: /^https?$/ }))
    .max(20)
    .default([]),
});

/** CONFLICT for a slug that is in use. */
export async function createAccount(context: AdminContext, given: z.input<typeof input>): Promise<Account> {
  const parsed = parseInput(input, given);
  const em = context.database.fork();
  const account = em.create(Account, { ...parsed, id: newId('account'), createdAt: context.now() });
  recordAdminAction(em, context, { action: 'account.created', target: account.id, before: null, after: parsed });
  try {
    await em.persist(account).flush();
  } catch (error) {
    if (brokenUniqueConstraint(error) !== 'account_slug_key') throw error;
    throw new AppError('CONFLICT', `There is an account ${parsed.slug} already.`, { cause: error });
  }
  return account;
}

/** By slug or id. NOT_FOUND when there is none. */
export async function findAccount({ database }: AdminContext, slugOrId: string): Promise<Account> {
  const account = await database.fork().findOne(Account, { $or: [{ slug: slugOrId }, { id: slugOrId }] });
  if (account === null) throw notFound('account', slugOrId);
  return account;
}
