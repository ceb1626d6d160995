// Support tickets: a developer asks, operators answer, either closes. A new word of the developer opens a closed ticket again.
import { type EntityManager, LockMode } from '@mikro-orm/postgresql';
import { AppError, notFound } from '@portico/contracts/errors';
import { newId } from '@portico/contracts/ids';
import { isInstant } from '@portico/contracts/instants';
import { parseInput } from '@portico/service-kit/parse-input';
import { linesText, lineText } from '@portico/service-kit/written-text';
import { z } from 'zod';
import type { AdminContext } from '../context.ts';
import { TICKET_STATUSES, Ticket, TicketMessage, type TicketSide } from './ticket.entity.ts';

const body = linesText(10_000).min(1);
export const ticketInput = z.object({ subject: lineText(200), body });
export const replyInput = z.object({ body });
export const ticketFilter = z.object({
  status: z.enum(TICKET_STATUSES).optional(),
  /** Where something happened last, or where nothing has happened for longest. */
  order: z.enum(['newest', 'oldest']).default('newest'),
  /** The last ticket of the page before, with its time there: one that changes moves to another page. */
  after: z
    .object({ updatedAt: z.iso.datetime({ precision: 3 }).refine(isInstant, 'There is no such time.'), id: z.string().max(64) })
    .optional(),
  limit: z.int().min(1).max(100).default(50),
});

export type Author = { id: string; name: string; side: TicketSide };
export type TicketView = Ticket & { messages: TicketMessage[] };
/** Whose tickets are looked at: one account's, or everybody's. */
type Of = { accountId?: string };

export function listTickets({ database }: AdminContext, of: Of, given: z.input<typeof ticketFilter>): Promise<Ticket[]> {
  const { status, order, after, limit } = parseInput(ticketFilter, given);
  const [direction, beyond] = order === 'newest' ? (['desc', '$lt'] as const) : (['asc', '$gt'] as const);
  const where = { ...of, ...(status === undefined ? {} : { status }), ...(after === undefined ? {} : placeBeyond(after, beyond)) };
  return database.fork().find(Ticket, where, { orderBy: { updatedAt: direction, id: direction }, limit });
}

/** With its messages, oldest first. NOT_FOUND for another account's ticket too. */
export async function findTicket({ database }: AdminContext, of: Of, id: string): Promise<TicketView> {
  const em = database.fork();
  const ticket = await load(em, of, id);
  return { ...ticket, messages: await em.find(TicketMessage, { ticketId: id }, { orderBy: { id: 'asc' } }) };
}

export function openTicket(
  { database, now }: AdminContext,
  accountId: string,
  author: Author,
  given: z.input<typeof ticketInput>,
): Promise<Ticket> {
  const { subject, body: text } = parseInput(ticketInput, given);
  const [id, at] = [newId('ticket'), now()];
  return database.fork().transactional(async (em) => {
    const ticket = em.create(Ticket, { id, accountId, openedBy: author.id, subject, status: 'open', createdAt: at, updatedAt: at });
    // The message refers to the ticket, which the unit of work does not know.
    await em.persist(ticket).flush();
    addMessage(em, ticket, author, text, at);
    return ticket;
  });
}

/** A ticket is read whole, by those who answer it too. */
export const MESSAGES_MAX = 200;

/**
 * An operator's words answer the ticket, a developer's open it. INVALID_STATE for an operator's words to a closed one, and for a developer's to
 * one that is full.
 */
export async function replyToTicket(
  { database, now }: AdminContext,
  of: Of,
  id: string,
  author: Author,
  given: z.input<typeof replyInput>,
): Promise<Ticket> {
  const { body: text } = parseInput(replyInput, given);
  return database.fork().transactional(async (em) => {
    // Locked, so that messages that are written at the same time are counted one after the other.
    const ticket = await load(em, of, id, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (author.side === 'operator' && ticket.status === 'closed') throw new AppError('INVALID_STATE', 'The ticket is closed.');
    if (author.side === 'developer' && (await em.count(TicketMessage, { ticketId: id })) >= MESSAGES_MAX)
      throw new AppError('INVALID_STATE', `A ticket has at most ${MESSAGES_MAX} messages. Open another one.`);
    addMessage(em, ticket, author, text, now());
    ticket.status = author.side === 'operator' ? 'answered' : 'open';
    return ticket;
  });
}

/** Closing a closed ticket changes nothing. */
export async function closeTicket({ database, now }: AdminContext, of: Of, id: string): Promise<Ticket> {
  const em = database.fork();
  const ticket = await load(em, of, id);
  if (ticket.status !== 'closed') Object.assign(ticket, { status: 'closed', updatedAt: now() });
  await em.flush();
  return ticket;
}

function placeBeyond({ updatedAt, id }: { updatedAt: string; id: string }, beyond: '$lt' | '$gt') {
  return { $or: [{ updatedAt: { [beyond]: updatedAt } }, { updatedAt, id: { [beyond]: id } }] };
}

async function load(em: EntityManager, of: Of, id: string, lock: { lockMode?: LockMode } = {}): Promise<Ticket> {
  const ticket = await em.findOne(Ticket, { ...of, id }, lock);
  if (ticket === null) throw notFound('ticket', id);
  return ticket;
}

function addMessage(em: EntityManager, ticket: Ticket, { side, name }: Author, text: string, at: Date): void {
  ticket.updatedAt = at;
  em.persist(
    em.create(TicketMessage, {
      id: newId('ticketMessage'),
      ticketId: ticket.id,
      authorSide: side,
      authorName: name,
      body: text,
      createdAt: at,
    }),
  );
}
