// What a provider answers in a test: a status, a body, or what goes wrong instead.

export type Fault =
  /** No connection: not a byte was sent. */
  | 'unreachable'
  /** The connection is reset when the request has been sent. */
  | 'reset'
  /** No answer, ever. */
  | 'hang'
  /** The answer is larger than the client takes. */
  | 'too-large'
  /** The handshake fails. */
  | 'tls';

export type ReplyParts = {
  /** Default: 200. */
  status?: number;
  /** A text is sent as it is, anything else as JSON. */
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
  /** `Retry-After`, in seconds. */
  after?: number;
  /** Until the answer, or the fault, comes. */
  delayMs?: number;
  fault?: Fault;
};

/** A status alone, parts, or the body of a 200. An object with no other fields than parts have is taken for parts. */
export type Reply<Body = unknown> = number | ReplyParts | Body;

const PARTS: ReadonlySet<string> = new Set<keyof ReplyParts>(['status', 'body', 'headers', 'after', 'delayMs', 'fault']);

export function readReply(reply: Reply): ReplyParts {
  if (typeof reply === 'number') return { status: reply };
  return isParts(reply) ? reply : { body: reply };
}

/** A body may have a field of such a name too: `{ status: 'paid' }` is one. */
function isParts(reply: unknown): reply is ReplyParts {
  if (typeof reply !== 'object' || reply === null || Array.isArray(reply)) return false;
  const names = Object.keys(reply);
  const hasStatus = !('status' in reply) || typeof reply.status === 'number';
  return names.length > 0 && hasStatus && names.every((name) => PARTS.has(name));
}
