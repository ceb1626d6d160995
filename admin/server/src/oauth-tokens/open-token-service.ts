import type { TokenService } from '@portico/contracts/token-service';
import { startTask } from '@portico/service-kit/background-task';
import type { Logger } from '@portico/service-kit/logger';
import type { ChangeFeed } from '../change-feed.ts';
import { TOKEN_CHANNEL } from '../change-feed.ts';
import { collectTouches } from '../collect-touches.ts';
import type { AdminContext } from '../context.ts';
import { findClientRecord } from '../oauth-clients/find-client-record.ts';
import { introspectToken, isTokenRevoked } from './introspect-token.ts';
import { issueTokens } from './issue-tokens.ts';
import { revokeToken } from './revoke-token.ts';

const SWEEP_MS = 3_600_000;
/** A gateway whose clock is behind takes a token for longer: that it was revoked is known for longer still. */
const CLOCK_SKEW_MS = 3_600_000;

/** What the gateways ask about tokens. Forgets hourly what has expired. */
export function openTokenService(context: AdminContext, feed: ChangeFeed, logger: Logger): TokenService & AsyncDisposable {
  const touches = collectTouches(context, 'oauth_client', logger);
  const sweeping = startTask({ operation: 'sweep of tokens', idleMs: SWEEP_MS, work: () => sweepTokens(context), logger });
  return {
    issue: (client, grant, issuer) => issueTokens(context, client, grant, issuer),
    revoke: (client, token, issuer) => revokeToken(context, client, token, issuer),
    introspect: (client, token, issuer) => introspectToken(context, client, token, issuer),
    findClient: (clientId) => findClientRecord(context, clientId),
    isRevoked: (claims) => isTokenRevoked(context, claims),
    onTokenChange: (listener) => feed.on(TOKEN_CHANNEL, listener),
    touch: touches.touch,
    async [Symbol.asyncDispose]() {
      await sweeping[Symbol.asyncDispose]();
      await touches[Symbol.asyncDispose]();
    },
  };
}

/** Families go with their tokens, when the last of those has ended. */
async function sweepTokens({ database, now }: AdminContext): Promise<void> {
  const before = new Date(now().getTime() - CLOCK_SKEW_MS);
  for (const table of ['token_family', 'revoked_token']) await database.run(`delete from access.${table} where expires_at < $1`, [before]);
}
