// Our programs tell each other who asks in one header: the caller as JSON, signed with a secret that they share.
// A subgraph believes nothing else, so that reaching its port is not enough to act for an account.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Caller, callerMessage, fromCallerMessage, toCallerMessage } from '@portico/contracts/caller';
import { AppError } from '@portico/contracts/errors';
import { z } from 'zod';

export const CALLER_HEADER = 'x-portico-caller';

/** A header is worth this long: long enough for clocks that differ a little, too short to be of use in a log. */
const MAX_AGE_SECONDS = 60;

const envelope = callerMessage.extend({ issuedAt: z.int() });

export function signCaller(caller: Caller, secret: string, nowMs: number = Date.now()): string {
  const text = Buffer.from(JSON.stringify({ ...toCallerMessage(caller), issuedAt: Math.floor(nowMs / 1000) })).toString('base64url');
  return `${text}.${mac(text, secret).toString('base64url')}`;
}

/** The caller that the header names. Throws AUTHENTICATION_ERROR for a header that is missing, altered, malformed or old. */
export function readCallerHeader(header: string | undefined, secret: string, nowMs: number = Date.now()): Caller {
  const dot = header?.indexOf('.') ?? -1;
  if (header === undefined || dot < 1) throw refused();
  const text = header.slice(0, dot);
  const given = Buffer.from(header.slice(dot + 1), 'base64url');
  const expected = mac(text, secret);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw refused();
  const parsed = envelope.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  if (!parsed.success || Math.abs(nowMs / 1000 - parsed.data.issuedAt) > MAX_AGE_SECONDS) throw refused();
  const { issuedAt: _, ...message } = parsed.data;
  return fromCallerMessage(message);
}

function mac(text: string, secret: string): Buffer {
  return createHmac('sha256', secret).update(text).digest();
}

function refused(): AppError {
  return new AppError('AUTHENTICATION_ERROR', 'The internal caller header is missing or not valid.');
}
