import type { OauthClient } from './client.entity.ts';

/** What the admin log keeps of a client: named one by one, so that a new column is not kept by accident. */
export function auditedClient(client: OauthClient): Readonly<Record<string, unknown>> {
  const { accountId, mode, name, scopes, tier, quota, burst, status, secretHint } = client;
  return {
    accountId,
    mode,
    name,
    scopes: [...scopes],
    tier,
    quota,
    burst,
    status,
    secretHint,
    previousSecretUntil: client.previousSecretUntil?.toISOString() ?? null,
    revokedAt: client.revokedAt?.toISOString() ?? null,
  };
}
