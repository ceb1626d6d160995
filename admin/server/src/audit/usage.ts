// What an account did, for the people who look after it. Read from the roll-up, which is at most about a minute behind.
import { MODES } from '@portico/contracts/caller';
import { day } from '@portico/contracts/instants';
import { parseInput } from '@portico/service-kit/parse-input';
import { z } from 'zod';
import type { AdminContext } from '../context.ts';
import { isoTime } from '../iso-time.ts';
import { latencyPercentile } from './latency-percentile.ts';

const DAY_MS = 86_400_000;
const DAYS_MAX = 366;

export const usageFilter = z.object({
  /** First and last day, in UTC. */
  from: day,
  to: day,
  mode: z.enum(MODES).optional(),
  keyId: z.string().max(64).optional(),
  route: z.string().max(64).optional(),
});
const range = usageFilter.extend({ accountId: z.string().min(1) }).refine(isShort, { path: ['to'], error: `At most ${DAYS_MAX} days.` });
const rangeOfAll = usageFilter
  .pick({ from: true, to: true, mode: true })
  .refine(isShort, { path: ['to'], error: `At most ${DAYS_MAX} days.` });
export type UsageRange = z.input<typeof range>;

export type DayUsage = { day: string; requests: number; errors: number };
export type ErrorUsage = { code: string; requests: number };
export type LatencyUsage = {
  name: string;
  requests: number;
  p50Ms: number | undefined;
  p95Ms: number | undefined;
  p99Ms: number | undefined;
};
export type KeyViolations = { accountId: string; accountSlug: string; keyId: string; requests: number };
export type Violation = { at: string; requestId: string; keyId: string | null; route: string | null; address: string };

const WHERE = `account_id = $1 and day between $2 and $3 and ($4::text is null or mode = $4) and ($5::text is null or key_id = $5)
  and ($6::text is null or route = $6)`;
const VIOLATIONS_MAX = 1_000;

function valuesOf(given: UsageRange): unknown[] {
  const { accountId, from, to, mode, keyId, route } = parseInput(range, given);
  return [accountId, from, to, mode ?? null, keyId ?? null, route ?? null];
}

/** Days with at least one request, oldest first. */
export async function requestsPerDay({ database }: AdminContext, given: UsageRange): Promise<DayUsage[]> {
  const rows = await database.read(
    `select day::text as day, sum(requests)::bigint as requests,
       sum((select coalesce(sum(value::bigint), 0) from jsonb_each_text(errors)))::bigint as errors
     from access.usage_day where ${WHERE} group by 1 order by 1`,
    valuesOf(given),
  );
  return rows.map(({ day, requests, errors }) => ({ day: String(day), requests: Number(requests), errors: Number(errors) }));
}

/** The most frequent first. */
export async function errorsByCode({ database }: AdminContext, given: UsageRange): Promise<ErrorUsage[]> {
  const rows = await database.read(
    `select key as code, sum(value::bigint)::bigint as requests from access.usage_day, jsonb_each_text(errors) where ${WHERE}
     group by 1 order by 2 desc, 1`,
    valuesOf(given),
  );
  return rows.map(({ code, requests }) => ({ code: String(code), requests: Number(requests) }));
}

/** Per key or per route, the busiest first. */
export async function latencyBy({ database }: AdminContext, by: 'key' | 'route', given: UsageRange): Promise<LatencyUsage[]> {
  const rows = await database.read(
    `select name, array_agg(times order by i) as latency from (
       select ${by === 'key' ? 'key_id' : 'route'} as name, i, sum(n)::float8 as times
       from access.usage_day, unnest(latency) with ordinality as class (n, i) where ${WHERE} group by 1, 2
     ) summed group by 1`,
    valuesOf(given),
  );
  const found = rows.map(({ name, latency }) => {
    const counts = (latency as number[]).map(Number);
    const at = (share: number): number | undefined => latencyPercentile(counts, share);
    const requests = counts.reduce((sum, count) => sum + count, 0);
    return { name: String(name), requests, p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99) };
  });
  return found.sort((a, b) => b.requests - a.requests || a.name.localeCompare(b.name));
}

/** Requests that were refused for their rate, newest first, at most a thousand. */
export async function rateLimitViolations({ database }: AdminContext, given: UsageRange): Promise<Violation[]> {
  const rows = await database.read(
    `select ${isoTime('at')} as at_text, request_id, actor, operation, address from access.request_log
     where account_id = $1 and at >= $2::date::timestamp at time zone 'UTC' and at < ($3::date + 1)::timestamp at time zone 'UTC'
       and ($4::text is null or mode = $4) and ($5::text is null or actor = $5) and ($6::text is null or operation = $6) and status = 429
     order by at desc limit ${VIOLATIONS_MAX}`,
    valuesOf(given),
  );
  return rows.map((row) => ({
    at: String(row.at_text),
    requestId: String(row.request_id),
    keyId: row.actor as string | null,
    route: row.operation as string | null,
    address: String(row.address),
  }));
}

/** On all accounts, the most often refused first, at most a thousand. Of the roll-up: the log has no order across accounts but time. */
export async function violationsByKey({ database }: AdminContext, given: z.input<typeof rangeOfAll>): Promise<KeyViolations[]> {
  const { from, to, mode } = parseInput(rangeOfAll, given);
  const rows = await database.read(
    `select account_id, key_id, sum((errors->>$4::text)::bigint)::bigint as requests, max(slug) as slug
     from access.usage_day left join access.account on account.id = account_id
     where day between $1 and $2 and ($3::text is null or mode = $3) and jsonb_exists(errors, $4::text)
     group by 1, 2 order by 3 desc, 1, 2 limit ${VIOLATIONS_MAX}`,
    [from, to, mode ?? null, 'RATE_LIMIT_EXCEEDED'],
  );
  return rows.map((row) => ({
    accountId: String(row.account_id),
    accountSlug: String(row.slug ?? row.account_id),
    keyId: String(row.key_id),
    requests: Number(row.requests),
  }));
}

function isShort({ from, to }: { from: string; to: string }): boolean {
  return Date.parse(to) - Date.parse(from) < DAYS_MAX * DAY_MS;
}
