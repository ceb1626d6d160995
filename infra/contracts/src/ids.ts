// Ids are TypeIDs: a prefix that says what the thing is, `_`, and a time-ordered 128-bit value in base32 (26 characters).
// The prefix is part of the id everywhere, in the database too: an id never needs its context to be read.
import { typeidUnboxed } from 'typeid-js';
import { createTimeOrdered } from './time-ordered.ts';

export const ID_PREFIXES = {
  account: 'acct',
  apiKey: 'key',
  attempt: 'att',
  client: 'client',
  customer: 'cust',
  delivery: 'dlv',
  event: 'evt',
  inventory: 'inv',
  member: 'member',
  order: 'order',
  orderLine: 'line',
  payment: 'pay',
  person: 'person',
  product: 'prod',
  replay: 'replay',
  request: 'req',
  reservation: 'res',
  signingKey: 'sig',
  token: 'tok',
  tokenFamily: 'fam',
  ticket: 'ticket',
  ticketMessage: 'msg',
  webhook: 'wh',
} as const;

const timeOrdered = createTimeOrdered(Date.now);

export type IdKind = keyof typeof ID_PREFIXES;

// The first character is at most 7: 26 base32 characters hold 130 bits, an id has 128.
const SUFFIX = '[0-7][0-9a-hjkmnp-tv-z]{25}';
const PATTERNS = Object.fromEntries(
  Object.entries(ID_PREFIXES).map(([kind, prefix]) => [kind, new RegExp(`^${prefix}_${SUFFIX}$`)]),
) as Record<IdKind, RegExp>;

/** A new id of this kind. With `seed`, the id of another kind that shares its value: the same seed gives the same id again. */
export function newId(kind: IdKind, seed?: string): string {
  return seed === undefined ? `${ID_PREFIXES[kind]}_${timeOrdered()}` : typeidUnboxed(ID_PREFIXES[kind], seed.slice(-26));
}

/** Whether the text has this kind's prefix and alphabet. A text that has not names nothing: the answer to it is "not found". */
export function isId(kind: IdKind, text: unknown): text is string {
  return typeof text === 'string' && PATTERNS[kind].test(text);
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The id that a caller chose for a request, a UUID or one of ours; a new one for anything else. */
export function requestIdOf(given: unknown): string {
  return typeof given === 'string' && (UUID.test(given) || isId('request', given)) ? given : newId('request');
}

/** The regular expression source that OpenAPI shows for this kind. */
export function idPattern(kind: IdKind): string {
  return PATTERNS[kind].source;
}
