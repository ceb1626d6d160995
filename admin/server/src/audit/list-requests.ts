// The latest requests of an account, for whoever looks for the one that went wrong.
import { isInstant } from '@portico/contracts/instants';
import { parseInput } from '@portico/service-kit/parse-input';
import { z } from 'zod';
import type { AdminContext } from '../context.ts';
import { isoTime } from '../iso-time.ts';

const PAGE_MAX = 100;

export const requestPage = z.object({
  /** The last row of the page before: what is older follows. */
  after: z
    .object({ at: z.iso.datetime({ precision: 3 }).refine(isInstant, 'There is no such time.'), requestId: z.string().max(200) })
    .optional(),
  limit: z.int().min(1).max(PAGE_MAX).default(50),
});

export type RequestRow = {
  at: string;
  requestId: string;
  mode: string | null;
  keyId: string | null;
  method: string;
  route: string | null;
  path: string | null;
  query: string;
  status: number;
  errorCode: string | null;
  durationMs: number;
  address: string;
  userAgent: string | null;
};

/** Newest first. The position is a time and a request id: where a caller gave one id twice in one millisecond, a page's end may hide one of the two. */
export async function listRequests(
  { database }: AdminContext,
  accountId: string,
  given: z.input<typeof requestPage> = {},
): Promise<RequestRow[]> {
  const { after, limit } = parseInput(requestPage, given);
  const rows = await database.read(
    `select ${isoTime('at')} as at_text, request_id, mode, actor, method, operation, path, query, status, error_code,
       round(duration_ms::numeric, 2)::float8 as duration_ms, address, user_agent
     from access.request_log
     where account_id = $1 and ($2::timestamptz is null or at <= $2 and (at, request_id) < ($2, $3))
     order by at desc, request_id desc limit $4`,
    [accountId, after?.at ?? null, after?.requestId ?? null, limit],
  );
  const text = (value: unknown): string | null => (value == null ? null : String(value));
  return rows.map((row) => ({
    at: String(row.at_text),
    requestId: String(row.request_id),
    mode: text(row.mode),
    keyId: text(row.actor),
    method: String(row.method),
    route: text(row.operation),
    path: text(row.path),
    query: String(row.query),
    status: Number(row.status),
    errorCode: text(row.error_code),
    durationMs: Number(row.duration_ms),
    address: String(row.address),
    userAgent: text(row.user_agent),
  }));
}
