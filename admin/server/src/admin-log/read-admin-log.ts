// The admin log a page at a time: all of it for operators, what belongs to one account for its members.
import { instantInUtc } from '@portico/contracts/instants';
import { parseInput } from '@portico/service-kit/parse-input';
import { z } from 'zod';
import type { AdminContext } from '../context.ts';
import { isoTime } from '../iso-time.ts';

const PAGE_MAX = 100;

export const adminLogFilter = z.object({
  actor: z.string().max(64).optional(),
  target: z.string().max(64).optional(),
  /** `api_key.` finds every change of keys. */
  action: z.string().max(64).optional(),
  from: instantInUtc.optional(),
  until: instantInUtc.optional(),
  /** Id of the last entry of the page before: what is older follows. */
  after: z.uuid().optional(),
  limit: z.int().min(1).max(PAGE_MAX).default(50),
});
const filterOfAccount = adminLogFilter.extend({ accountId: z.string().max(64).optional() });

type State = Readonly<Record<string, unknown>>;
export type AdminLogEntry = {
  id: string;
  at: string;
  actor: string;
  action: string;
  target: string;
  before: State | null;
  after: State | null;
};

/** Newest first. What belongs to an account says so in its states; changes of the account itself are found by their target. */
export async function readAdminLog({ database }: AdminContext, given: z.input<typeof filterOfAccount> = {}): Promise<AdminLogEntry[]> {
  const { accountId, actor, target, action, from, until, after, limit } = parseInput(filterOfAccount, given);
  const rows = await database.read(
    `select id, ${isoTime('at')} as at_text, actor, action, target, before::text as before, after::text as after from access.admin_log
     where ($1::text is null or coalesce(after->>'accountId', before->>'accountId', target) = $1)
       and ($2::text is null or actor = $2) and ($3::text is null or target = $3) and ($4::text is null or starts_with(action, $4))
       and ($5::timestamptz is null or at >= $5) and ($6::timestamptz is null or at < $6)
       and ($7::uuid is null or (at, id) < (select last.at, last.id from access.admin_log last where last.id = $7))
     order by access.admin_log.at desc, id desc limit $8`,
    [accountId ?? null, actor ?? null, target ?? null, action ?? null, from ?? null, until ?? null, after ?? null, limit],
  );
  return rows.map((row) => ({
    id: String(row.id),
    at: String(row.at_text),
    actor: String(row.actor),
    action: String(row.action),
    target: String(row.target),
    before: stateOf(row.before),
    after: stateOf(row.after),
  }));
}

/** As the log has it: an object or nothing. */
function stateOf(text: unknown): State | null {
  return text == null ? null : JSON.parse(String(text));
}
