import type { ApiKey } from './api-key.entity.ts';

/** What the admin log keeps of a key: named one by one, so that a new column is not kept by accident. */
export function auditedKey(key: ApiKey): Readonly<Record<string, unknown>> {
  const { accountId, mode, name, scopes, tier, quota, burst, signatures, allowedAddresses, status, replacedBy } = key;
  return {
    accountId,
    mode,
    name,
    scopes: [...scopes],
    tier,
    quota,
    burst,
    signatures: [...signatures],
    allowedAddresses: [...allowedAddresses],
    status,
    replacedBy,
    expiresAt: key.expiresAt.toISOString(),
    revokedAt: key.revokedAt?.toISOString() ?? null,
  };
}
