// Who belongs to an account. Every account that has members keeps at least one owner.
import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { AppError, notFound } from '@portico/contracts/errors';
import { newId } from '@portico/contracts/ids';
import { brokenUniqueConstraint } from '@portico/service-kit/database/database-errors';
import { parseInput } from '@portico/service-kit/parse-input';
import { z } from 'zod';
import { Account } from '../accounts/account.entity.ts';
import type { AdminContext } from '../context.ts';
import { Person } from '../people/person.entity.ts';
import { MEMBER_ROLES, Member, type MemberRole } from './member.entity.ts';

export const memberInput = z.object({ email: z.email().max(254).toLowerCase(), role: z.enum(MEMBER_ROLES) });

export type MemberView = Pick<Member, 'id' | 'email' | 'role' | 'createdAt'> & { status: 'invited' | 'active' };

export async function listMembers({ database }: AdminContext, accountId: string): Promise<MemberView[]> {
  const members = await database.fork().find(Member, { accountId }, { orderBy: { createdAt: 'asc', id: 'asc' } });
  return members.map(viewOf);
}

/** NOT_FOUND for another account's member too. */
export async function findMember({ database }: AdminContext, accountId: string, id: string): Promise<MemberView> {
  return viewOf(await found(database.fork().findOne(Member, { accountId, id }), id));
}

/** Each of them gets a letter: an account is no means to write to strangers. Those who were removed got theirs too. */
const MEMBERS_MAX = 100;
const INVITED_PER_DAY = 100;
const DAY_MS = 86_400_000;
const HOUR_SECONDS = 3_600;

/** Active at once when the address belongs to somebody who has verified it, else as soon as somebody does (a trigger). CONFLICT for a second time, RATE_LIMIT_EXCEEDED for one letter too many. */
export function inviteMember({ database, now }: AdminContext, accountId: string, given: z.input<typeof memberInput>): Promise<MemberView> {
  const { email, role } = parseInput(memberInput, given);
  return database.fork().transactional(async (em) => {
    // Locked, so that those who are invited at the same time are counted one after the other.
    await em.findOneOrFail(Account, { id: accountId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if ((await em.count(Member, { accountId })) >= MEMBERS_MAX) {
      throw new AppError('INVALID_STATE', `An account has at most ${MEMBERS_MAX} members.`);
    }
    const [invited] = await em.execute(
      `select count(*)::int as count from access.admin_log
       where coalesce(after->>'accountId', before->>'accountId', target) = ? and at > ? and action = 'member.invited'`,
      [accountId, new Date(now().getTime() - DAY_MS)],
    );
    if (Number(invited?.count) >= INVITED_PER_DAY) {
      const message = `An account invites at most ${INVITED_PER_DAY} people a day.`;
      throw new AppError('RATE_LIMIT_EXCEEDED', message, { retryAfterSeconds: HOUR_SECONDS });
    }
    // Locked, so that an address that is being verified is verified before this, or accepts the invitation after it.
    const person = await em.findOne(Person, { email }, { lockMode: LockMode.PESSIMISTIC_READ });
    const personId = person?.emailVerified === true ? person.id : null;
    const member = em.create(Member, { id: newId('member'), accountId, email, role, personId, createdAt: now() });
    try {
      await em.persist(member).flush();
    } catch (error) {
      if (brokenUniqueConstraint(error) !== 'member_account_email_key') throw error;
      throw new AppError('CONFLICT', `${email} is a member already, or invited.`, { cause: error });
    }
    return viewOf(member);
  });
}

/** INVALID_STATE when the account would be left without an owner. */
export function changeMemberRole({ database }: AdminContext, accountId: string, id: string, role: MemberRole): Promise<MemberView> {
  return database.fork().transactional(async (em) => {
    const member = await lock(em, accountId, id);
    if (role !== 'owner') await refuseLastOwner(em, member);
    member.role = role;
    return viewOf(member);
  });
}

/** INVALID_STATE when the account would be left without an owner. */
export function removeMember({ database }: AdminContext, accountId: string, id: string): Promise<void> {
  return database.fork().transactional(async (em) => {
    const member = await lock(em, accountId, id);
    await refuseLastOwner(em, member);
    em.remove(member);
  });
}

/** Changes of one member come one after the other. */
function lock(em: EntityManager, accountId: string, id: string): Promise<Member> {
  return found(em.findOne(Member, { accountId, id }, { lockMode: LockMode.PESSIMISTIC_WRITE }), id);
}

async function found(finding: Promise<Member | null>, id: string): Promise<Member> {
  const member = await finding;
  if (member === null) throw notFound('member', id);
  return member;
}

async function refuseLastOwner(em: EntityManager, member: Member): Promise<void> {
  if (member.role !== 'owner') return;
  // Two owners who leave at the same time do so one after the other.
  await em.findOneOrFail(Account, { id: member.accountId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  const others = await em.count(Member, { accountId: member.accountId, role: 'owner', personId: { $ne: null }, id: { $ne: member.id } });
  if (others === 0) throw new AppError('INVALID_STATE', 'An account keeps at least one owner. Make somebody else an owner first.');
}

function viewOf({ id, email, role, createdAt, personId }: Member): MemberView {
  return { id, email, role, createdAt, status: personId === null ? 'invited' : 'active' };
}
