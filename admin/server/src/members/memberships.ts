import { LockMode } from '@mikro-orm/core';
import { AppError } from '@portico/contracts/errors';
import { newId } from '@portico/contracts/ids';
import { Account } from '../accounts/account.entity.ts';
import type { AdminContext } from '../context.ts';
import { Person } from '../people/person.entity.ts';
import { Member, type MemberRole } from './member.entity.ts';

export type Membership = { id: string; slug: string; name: string; role: MemberRole };

/** The accounts that a person works on, by slug. */
export async function listMemberships({ database }: AdminContext, personId: string): Promise<Membership[]> {
  const em = database.fork();
  const members = await em.find(Member, { personId });
  const accounts = await em.find(Account, { id: { $in: members.map(({ accountId }) => accountId) } }, { orderBy: { slug: 'asc' } });
  const roles = new Map(members.map(({ accountId, role }) => [accountId, role]));
  return accounts.map(({ id, slug, name }) => ({ id, slug, name, role: roles.get(id) ?? 'viewer' }));
}

/** Whoever signs up may open accounts; slugs are for all. */
const OWNED_MAX = 20;

/** Makes the person who opened an account its owner. INVALID_STATE for one account too many. */
export async function addOwner({ database, now }: AdminContext, accountId: string, person: Pick<Person, 'id' | 'email'>): Promise<void> {
  await database.fork().transactional(async (em) => {
    // Locked, so that accounts that are opened at the same time are counted one after the other.
    await em.findOneOrFail(Person, { id: person.id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if ((await em.count(Member, { personId: person.id, role: 'owner' })) >= OWNED_MAX) {
      throw new AppError('INVALID_STATE', `One person owns at most ${OWNED_MAX} accounts.`);
    }
    const owner = { id: newId('member'), accountId, email: person.email, personId: person.id, role: 'owner' as const, createdAt: now() };
    em.persist(em.create(Member, owner));
  });
}

export type AccountOwners = { readonly accountName: string; readonly owners: readonly Pick<Member, 'id' | 'email'>[] };

/** Those who have proved to own their address. Undefined for an account that is no more. */
export async function findOwners({ database }: AdminContext, accountId: string): Promise<AccountOwners | undefined> {
  const em = database.fork();
  const account = await em.findOne(Account, { id: accountId });
  if (account === null) return undefined;
  return { accountName: account.name, owners: await em.find(Member, { accountId, role: 'owner', personId: { $ne: null } }) };
}
