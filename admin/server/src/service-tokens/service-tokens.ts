import { SERVICE_TOKEN_AUDIENCE, SERVICE_TOKEN_ISSUER } from '@portico/contracts/access-records';
import { MODES } from '@portico/contracts/caller';
import { GRAPH_SCOPES } from '@portico/contracts/scopes';
import { parseInput } from '@portico/service-kit/parse-input';
import { createSigner } from 'fast-jwt';
import { z } from 'zod';
import { findAccount } from '../accounts/accounts.ts';
import { recordAdminAction } from '../admin-log/record-admin-action.ts';
import type { AdminContext } from '../context.ts';
import { sealedPrivateKey } from './signing-key.entity.ts';
import { ensureSigningKey, TOKEN_LIFETIME_SECONDS_MAX } from './signing-keys.ts';

const input = z.object({
  account: z.string().min(1),
  mode: z.enum(MODES),
  /** Who the token is for: `service:reporting`. */
  subject: z.string().regex(/^[a-z][a-z0-9:._-]{1,99}$/, 'It must be a short name in lower case, as service:reporting.'),
  permissions: z.array(z.enum(GRAPH_SCOPES)).min(1),
  lifetimeSeconds: z.int().min(60).max(TOKEN_LIFETIME_SECONDS_MAX).default(TOKEN_LIFETIME_SECONDS_MAX),
});

/** A token for an internal team: RS256, at most an hour. */
export async function issueServiceToken(context: AdminContext, given: z.input<typeof input>): Promise<{ token: string; expiresAt: Date }> {
  const { account, mode, subject, permissions, lifetimeSeconds } = parseInput(input, given);
  const { id: accountId } = await findAccount(context, account);
  const key = await ensureSigningKey(context);
  const sign = createSigner({
    algorithm: 'RS256',
    key: sealedPrivateKey.open(context.keyRing, key.id, key.privateKeySealed),
    kid: key.id,
    iss: SERVICE_TOKEN_ISSUER,
    aud: SERVICE_TOKEN_AUDIENCE,
    sub: subject,
    expiresIn: lifetimeSeconds * 1_000,
  });
  const expiresAt = new Date(Date.now() + lifetimeSeconds * 1_000);
  const em = context.database.fork();
  const after = { subject, mode, permissions, expiresAt: expiresAt.toISOString() };
  recordAdminAction(em, context, { action: 'service_token.issued', target: accountId, before: null, after });
  await em.flush();
  return { token: sign({ account: accountId, mode, permissions }), expiresAt };
}
