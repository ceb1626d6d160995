// A signature of a request that changes something is accepted once per key, whichever gateway it comes to. A repeat under the same
// idempotency key is let through: that request answers it and does nothing.
import type { RunStatement } from '@portico/service-kit/reads/reads';

/** `idempotencyKey`: names the request, beside the key itself by whatever the signature does not cover. */
export type SignatureUse = { keyId: string; signature: string; idempotencyKey: string | undefined; expiresAtMs: number };

export type ReplayGuard = {
  /** Notes the use; false when the signature was used before. */
  accept(use: SignatureUse): Promise<boolean>;
  /** Forgets signatures that are too old to be accepted anyway. */
  sweep(): Promise<void>;
};

export function createReplayGuard(run: RunStatement): ReplayGuard {
  return {
    async accept({ keyId, signature, idempotencyKey, expiresAtMs }) {
      const rows = await run(
        `insert into access.used_signature as used (key_id, signature, idempotency_key, expires_at) values ($1, $2, $3, $4)
         on conflict (key_id, signature) do update set expires_at = used.expires_at where used.idempotency_key = excluded.idempotency_key
         returning key_id`,
        [keyId, signature, idempotencyKey ?? null, new Date(expiresAtMs)],
      );
      return rows.length > 0;
    },
    async sweep() {
      await run('delete from access.used_signature where expires_at < $1', [new Date()]);
    },
  };
}
