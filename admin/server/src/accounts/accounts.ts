import { AppError, notFound } from '@portico/contracts/errors';
import { newId } from '@portico/contracts/ids';
import { isOrigin, ORIGIN_PROBLEM } from '@portico/contracts/origins';
import { brokenUniqueConstraint } from '@portico/service-kit/database/database-errors';
import { parseInput } from '@portico/service-kit/parse-input';
import { nameText } from '@portico/service-kit/written-text';
import { z } from 'zod';
import { recordAdminAction } from '../admin-log/record-admin-action.ts';
import { announceEveryCredential } from '../change-feed.ts';
import type { AdminContext } from '../context.ts';
import { Account } from './account.entity.ts';

export const accountInput = z.object({
  slug: z.string().regex(/^[a-z][a-z0-9-]{1,38}$/, 'It must be 2 to 39 lower-case letters, digits and dashes, beginning with a letter.'),
  name: nameText,
  allowedOrigins: z.array(z.string().max(255).refine(isOrigin, ORIGIN_PROBLEM)).max(20).default([]),
});

/** What may change of an account; its slug stays. */
export const accountChanges = z.object({
  name: accountInput.shape.name.optional(),
  allowedOrigins: accountInput.shape.allowedOrigins.unwrap().optional(),
});

export const accountFilter = z.object({
  /** Part of the slug or the name. */
  q: z.string().trim().max(100).optional(),
  /** Slug after which the page begins. */
  after: z.string().max(64).optional(),
  limit: z.int().min(1).max(100).default(50),
});

/** CONFLICT for a slug that is in use. */
export async function createAccount(context: AdminContext, given: z.input<typeof accountInput>): Promise<Account> {
  const parsed = parseInput(accountInput, given);
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

/** By which word people know accounts, by id. */
export async function slugsOf({ database }: AdminContext, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const accounts = await database.fork().find(Account, { id: { $in: [...new Set(ids)] } }, { fields: ['slug'] });
  return new Map(accounts.map(({ id, slug }) => [id, slug]));
}

/** By slug, a page at a time. */
export function listAccounts({ database }: AdminContext, given: z.input<typeof accountFilter>): Promise<Account[]> {
  const { q, after, limit } = parseInput(accountFilter, given);
  const text = q === undefined ? {} : { $or: [{ slug: { $ilike: likePattern(q) } }, { name: { $ilike: likePattern(q) } }] };
  const where = { ...text, ...(after === undefined ? {} : { slug: { $gt: after } }) };
  return database.fork().find(Account, where, { orderBy: { slug: 'asc' }, limit });
}

/** Changed origins hold on every gateway within a second. NOT_FOUND when there is no such account. */
export function updateAccount({ database }: AdminContext, id: string, given: z.input<typeof accountChanges>): Promise<Account> {
  const changes = parseInput(accountChanges, given);
  return database.fork().transactional(async (em) => {
    const account = await em.findOne(Account, { id });
    if (account === null) throw notFound('account', id);
    em.assign(account, changes);
    await em.flush();
    await announceEveryCredential(em);
    return account;
  });
}

function likePattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}
