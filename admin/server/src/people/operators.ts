// Those who may enter the operators' side. There is always an administrator, once there was one.
import { randomBytes } from 'node:crypto';
import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { AppError, notFound } from '@portico/contracts/errors';
import { newId } from '@portico/contracts/ids';
import { brokenUniqueConstraint } from '@portico/service-kit/database/database-errors';
import { parseInput } from '@portico/service-kit/parse-input';
import { nameText } from '@portico/service-kit/written-text';
import { hashPassword } from 'better-auth/crypto';
import { z } from 'zod';
import type { AdminContext } from '../context.ts';
import { endSessions } from '../sign-in/end-sessions.ts';
import { OPERATOR_ROLES, type OperatorRole, Person } from './person.entity.ts';

export const operatorInput = z.object({
  email: z.email().max(254).toLowerCase(),
  name: nameText.optional(),
  role: z.enum(OPERATOR_ROLES).default('admin'),
});

export type OperatorInput = z.input<typeof operatorInput>;

export type OperatorView = Pick<Person, 'id' | 'email' | 'name' | 'operatorRole' | 'twoFactorEnabled' | 'createdAt'>;

const PASSWORD_BYTES = 15;

export async function listOperators({ database }: AdminContext): Promise<OperatorView[]> {
  const people = await database.fork().find(Person, { operatorRole: { $ne: null } }, { orderBy: { createdAt: 'asc', id: 'asc' } });
  return people.map(viewOf);
}

/** NOT_FOUND for somebody who is no operator. */
export async function findOperator({ database }: AdminContext, id: string): Promise<OperatorView> {
  const person = await database.fork().findOne(Person, { id, operatorRole: { $ne: null } });
  if (person === null) throw notFound('operator', id);
  return viewOf(person);
}

/** What a new operator signs in with; undefined for somebody who has a password already. */
export type NewOperator = OperatorView & { password: string | undefined };

/**
 * Makes somebody an operator: a person who has confirmed the address, or a new one, with a password that is good for nothing but choosing
 * another. CONFLICT for who is one already, INVALID_STATE for an address that is not confirmed.
 */
export async function addOperator({ database, now }: AdminContext, given: OperatorInput): Promise<NewOperator> {
  const { email, name = email, role } = parseInput(operatorInput, given);
  const at = now();
  return database.fork().transactional(async (em) => {
    const known = await em.findOne(Person, { email }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (known !== null) return promote(known, role, at);
    const person = em.create(Person, {
      id: newId('person'),
      name,
      email,
      // The one-time password is handed over by an operator, who vouches for the address.
      emailVerified: true,
      twoFactorEnabled: false,
      operatorRole: role,
      createdAt: at,
      updatedAt: at,
    });
    await em.persist(person).flush().catch(refuseSecond(email));
    return { ...viewOf(person), password: await makePassword(em, person.id, at) };
  });
}

/** Somebody else made the same person in this moment, or signed up. */
function refuseSecond(email: string): (error: unknown) => never {
  return (error) => {
    if (brokenUniqueConstraint(error) !== 'person_email_key') throw error;
    throw new AppError('CONFLICT', `${email} has just been added by somebody else. Look whether that is enough, or try again.`, {
      cause: error,
    });
  };
}

/** Another one-time password for an operator who has not used the one before. NOT_FOUND for no operator, INVALID_STATE for who has chosen a password. */
export async function remakePassword({ database, now }: AdminContext, email: string): Promise<NewOperator> {
  return database.fork().transactional(async (em) => {
    const person = await em.findOne(Person, { email: email.toLowerCase(), operatorRole: { $ne: null } });
    if (person === null) throw new AppError('NOT_FOUND', `There is no operator with the address ${email}.`);
    const unused = await em.execute('delete from access.credential where user_id = ? and password = made_password returning id', [
      person.id,
    ]);
    if (unused.length === 0) {
      throw new AppError('INVALID_STATE', `${email} has chosen a password. Somebody who forgot it asks for a letter where one signs in.`);
    }
    await endSessions(em, person.id);
    return { ...viewOf(person), password: await makePassword(em, person.id, now()) };
  });
}

function promote(person: Person, role: OperatorRole, at: Date): NewOperator {
  if (person.operatorRole != null) {
    const hint = 'For a one-time password that nobody has seen, `admin create --new-password` makes another.';
    throw new AppError('CONFLICT', `${person.email} is an operator already. ${hint}`);
  }
  if (!person.emailVerified) throw new AppError('INVALID_STATE', `${person.email} has not been confirmed yet.`);
  Object.assign(person, { operatorRole: role, updatedAt: at });
  return { ...viewOf(person), password: undefined };
}

async function makePassword(em: EntityManager, personId: string, at: Date): Promise<string> {
  const password = randomBytes(PASSWORD_BYTES).toString('base64url');
  const hashed = await hashPassword(password);
  await em.execute(
    `insert into access.credential (id, account_id, provider_id, user_id, password, made_password, created_at, updated_at)
     values (?, ?, 'credential', ?, ?, ?, ?, ?)`,
    [personId, personId, personId, hashed, hashed, at, at],
  );
  return password;
}

/** `null` takes the role away. INVALID_STATE when no administrator would be left. */
export function changeOperatorRole({ database, now }: AdminContext, id: string, role: OperatorRole | null): Promise<void> {
  return database.fork().transactional(async (em) => {
    // All administrators are locked: two who take each other's role away do so one after the other.
    const admins = await em.find(Person, { operatorRole: 'admin' }, { orderBy: { id: 'asc' }, lockMode: LockMode.PESSIMISTIC_WRITE });
    const person = await em.findOne(Person, { id, operatorRole: { $ne: null } });
    if (person === null) throw notFound('operator', id);
    if (person.operatorRole === 'admin' && role !== 'admin' && admins.length === 1) {
      throw new AppError('INVALID_STATE', 'There must be an administrator. Make somebody else one first.');
    }
    Object.assign(person, { operatorRole: role, updatedAt: now() });
    await em.flush();
    await em.execute('delete from access.operator_session where user_id = ?', [id]);
  });
}

/** Whether the password is still the one that was made for the person. */
export async function hasMadePassword({ database }: AdminContext, personId: string): Promise<boolean> {
  const rows = await database.run('select 1 from access.credential where user_id = $1 and password = made_password', [personId]);
  return rows.length > 0;
}

function viewOf({ id, email, name, operatorRole, twoFactorEnabled, createdAt }: Person): OperatorView {
  return { id, email, name, operatorRole, twoFactorEnabled, createdAt };
}
