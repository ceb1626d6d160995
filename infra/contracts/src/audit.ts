// What is kept of every request of the public API: who, what, when, from where, with which outcome. Never a body, a header's text, a path
// as it was sent or a value of a query that the declaration does not call harmless. Kept by the admin service; a gateway only tells.
import type { Mode } from './caller.ts';

export type RequestAudit = {
  /** When the request came, unix milliseconds. */
  readonly at: number;
  readonly requestId: string;
  /** Whose data; null for a request without valid credentials. */
  readonly accountId: string | null;
  readonly mode: Mode | null;
  /** The credential: `key_…`, or a client's id. */
  readonly actor: string | null;
  readonly method: string;
  /** `listOrders`; null where no endpoint answers. */
  readonly operation: string | null;
  /** The template, `/api/v1/orders/{orderId}`; null for a path that is not known. */
  readonly path: string | null;
  /** Names and harmless values; `***` for the rest. */
  readonly query: string;
  readonly status: number;
  readonly errorCode: string | null;
  readonly durationMs: number;
  /** Network address of the peer. */
  readonly address: string;
  /** Product names and versions of the User-Agent; `***` for the rest. */
  readonly userAgent: string | null;
};

/** Where a gateway leaves its records. */
export type AuditSink = {
  /** Takes a record and returns at once; it is written with others later. */
  record(entry: RequestAudit): void;
  /** Resolves when everything that was recorded before is written. */
  flush(): Promise<void>;
  /** Records that could not be kept since the start. Anything but 0 is worth an alarm. */
  readonly dropped: number;
};

/** Upper bounds, in milliseconds, of the latency histogram that usage is kept in; a last class is open. */
export const LATENCY_BOUNDS_MS = [1, 2.5, 5, 10, 25, 50, 100, 200, 500, 1_000, 2_500, 5_000] as const;
