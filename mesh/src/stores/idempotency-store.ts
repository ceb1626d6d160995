// Idempotency keys, kept in PostgreSQL so that all gateways share them. One statement claims a key or says what became of it; one keeps
// the answer. A claim is a lease: when its gateway dies, the next try takes over, with the same seed, so that what the first try
// created is found instead of created again. Until when a lease lasts tells it from all others of its key: a try that stalled for
// longer can neither keep its answer for its successor nor let go of the successor's lease. A claim that PostgreSQL may have accepted without
// the gateway hearing of it is remembered here: the next try knows it for the gateway's own.
import { hash } from 'node:crypto';
import type { Tenant } from '@portico/contracts/caller';
import { newId } from '@portico/contracts/ids';
import type { RunStatement } from '@portico/service-kit/reads/reads';
import { LRUCache } from 'lru-cache';

export type StoredAnswer = { readonly status: number; readonly headers: Record<string, string>; readonly body: string };

/** `lockedUntil`: of the claim, later than that of any claim of the key before. */
export type Lease = { readonly seed: string; readonly lockedUntil: Date };

export type Claim =
  | ({ readonly kind: 'claimed' } & Lease)
  | { readonly kind: 'running' }
  | { readonly kind: 'answered'; readonly answer: StoredAnswer }
  | { readonly kind: 'other_request'; readonly answer: StoredAnswer | undefined };

export type IdempotencyStore = {
  claim(tenant: Tenant, key: string, requestHash: string): Promise<Claim>;
  /** Does nothing once another try has taken over. */
  keep(tenant: Tenant, key: string, lease: Lease, answer: StoredAnswer): Promise<void>;
  /** Lets the next try run: nothing that is worth repeating was answered. Does nothing once another try has taken over. */
  release(tenant: Tenant, key: string, lease: Lease): Promise<void>;
  sweep(): Promise<void>;
};

const LEASE_MS = 60_000;
const KEPT_MS = 24 * 3_600_000;
const UNHEARD_MAX = 10_000;

/** Claims of one key and request that were sent, all with one seed, and never answered. */
type Unheard = { readonly seed: string; readonly lockedUntil: readonly Date[] };

/** What makes two requests the same. */
export function requestHash(method: string, target: string, body: Buffer): string {
  return hash('sha256', Buffer.concat([Buffer.from(`${method} ${target}\n`), body]));
}

export function createIdempotencyStore(run: RunStatement, nowMs: () => number): IdempotencyStore {
  const unheard = new LRUCache<string, Unheard>({ max: UNHEARD_MAX, ttl: LEASE_MS });
  return {
    async claim({ accountId, mode }, key, fingerprint) {
      const now = nowMs();
      const id = `${accountId} ${mode} ${key} ${fingerprint}`;
      const own = unheard.get(id) ?? { seed: newId('request').slice(-26), lockedUntil: [] };
      const lockedUntil = new Date(now + LEASE_MS);
      // A row that is over, or whose lease is our own or ran out for the same request, is claimed anew; any other stays and is reported.
      const [row] = await run(
        `with claimed as (
           insert into access.idempotency_key as known (account_id, mode, key, request_hash, seed, state, locked_until, expires_at)
           values ($1, $2, $3, $4, $5, 'running', $6, $7)
           on conflict (account_id, mode, key) do update set
             seed = case when known.expires_at < $8 then excluded.seed else known.seed end,
             request_hash = excluded.request_hash, state = 'running', status = null, headers = null, body = null,
             locked_until = excluded.locked_until, expires_at = excluded.expires_at
           where known.expires_at < $8 or (known.state = 'running' and known.locked_until < $8 and known.request_hash = excluded.request_hash)
             or (known.state = 'running' and known.seed = excluded.seed and known.locked_until = any($9::timestamptz[]))
           returning seed
         )
         select 'claimed' as state, seed, null as request_hash, null::int as status, null::jsonb as headers, null::bytea as body from claimed
         union all
         select state, seed, request_hash, status, headers, body from access.idempotency_key
         where account_id = $1 and mode = $2 and key = $3 and expires_at >= $8 and not exists (select from claimed)`,
        [accountId, mode, key, fingerprint, own.seed, lockedUntil, new Date(now + KEPT_MS), new Date(now), own.lockedUntil],
      ).catch((error: unknown) => {
        unheard.set(id, { seed: own.seed, lockedUntil: [...own.lockedUntil.filter((until) => until.getTime() > now), lockedUntil] });
        throw error;
      });
      unheard.delete(id);
      // Neither: another try claimed it meanwhile, and this statement still sees what was there before: nothing, or a row that is over.
      if (row === undefined) return { kind: 'running' };
      if (row.state === 'claimed') return { kind: 'claimed', seed: String(row.seed), lockedUntil };
      const answer = row.state === 'done' ? storedAnswer(row) : undefined;
      if (row.request_hash !== fingerprint) return { kind: 'other_request', answer };
      return answer === undefined ? { kind: 'running' } : { kind: 'answered', answer };
    },
    async keep({ accountId, mode }, key, { seed, lockedUntil }, { status, headers, body }) {
      await run(
        `update access.idempotency_key set state = 'done', status = $6, headers = $7, body = $8
         where account_id = $1 and mode = $2 and key = $3 and seed = $4 and locked_until = $5 and state = 'running'`,
        [accountId, mode, key, seed, lockedUntil, status, JSON.stringify(headers), Buffer.from(body)],
      );
    },
    async release({ accountId, mode }, key, { seed, lockedUntil }) {
      // The seed stays: a try that failed half-way may have created something under it.
      await run(
        `update access.idempotency_key set locked_until = $6
         where account_id = $1 and mode = $2 and key = $3 and seed = $4 and locked_until = $5 and state = 'running'`,
        [accountId, mode, key, seed, lockedUntil, new Date(0)],
      );
    },
    async sweep() {
      await run('delete from access.idempotency_key where expires_at < $1', [new Date(nowMs())]);
    },
  };
}

function storedAnswer(row: Readonly<Record<string, unknown>>): StoredAnswer {
  return { status: Number(row.status), headers: row.headers as Record<string, string>, body: String(row.body) };
}
