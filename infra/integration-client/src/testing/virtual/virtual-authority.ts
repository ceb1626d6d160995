// Where a test client's tokens come from.
import { CredentialFailure } from '../../auth/credential-failure.ts';
import type { RequestToken } from '../../auth/oauth/request-token.ts';

export type VirtualAuthority = {
  /** How often it was asked for a token. */
  asked: number;
  /** Of the tokens it gives, in milliseconds. */
  livesMs: number;
  /** Set: it gives no token, and why. */
  failing: 'refused' | 'unreachable' | undefined;
  readonly requestToken: RequestToken;
};

const HOUR_MS = 3_600_000;

export function createVirtualAuthority(): VirtualAuthority {
  const authority: VirtualAuthority = {
    asked: 0,
    livesMs: HOUR_MS,
    failing: undefined,
    async requestToken(_auth, secret, _agent, now) {
      authority.asked += 1;
      if (authority.failing !== undefined) throw new CredentialFailure(authority.failing, 'The authority gives no token in this test.');
      const obtainedAt = now();
      return {
        accessToken: `token-${authority.asked}`,
        secretVersion: secret.version,
        obtainedAt,
        expiresAt: obtainedAt + authority.livesMs,
      };
    },
  };
  return authority;
}
