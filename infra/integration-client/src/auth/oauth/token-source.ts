// Where a new token comes from: the fleet, when another process has got one, else the authority.
import { setTimeout as delay } from 'node:timers/promises';
import type { Agent } from 'undici';
import type { Secret } from '../../secrets.ts';
import type { ClientCredentialsAuth } from '../auth-declaration.ts';
import type { AuthEvents } from '../authorizer.ts';
import { CredentialFailure } from '../credential-failure.ts';
import type { RotatingSecret } from '../secret/rotating-secret.ts';
import { requestToken as overNetwork, type RequestToken, type Token } from './request-token.ts';
import type { SharedToken } from './shared-token.ts';

const REFRESH_EARLY_MS = 300_000;
/** Under this life a token is replaced at half of it. */
const SHORT_LIFE_MS = 600_000;
const WAIT_FOR_FLEET_MS = 50;

/** A token to use from now on and the secret it came with. `refusedToken` is one that will not do. Rejects with CredentialFailure. */
export type TokenSource = (signal: AbortSignal, refusedToken?: string) => Promise<{ token: Token; secret: Secret }>;

export type TokenSourceOptions = {
  auth: ClientCredentialsAuth;
  provider: string;
  rotating: RotatingSecret;
  shared: SharedToken | undefined;
  agentOf(secret: Secret): Agent;
  now: () => number;
  events: AuthEvents | undefined;
  requestToken: RequestToken | undefined;
};

export function createTokenSource(options: TokenSourceOptions): TokenSource {
  const { auth, provider, rotating, shared, agentOf, now, events, requestToken = overNetwork } = options;
  /** Asks with the version in use, and with the one before when the authority does not know the new one yet. */
  async function ask(secret: Secret, signal: AbortSignal): Promise<{ token: Token; secret: Secret }> {
    try {
      return { token: await requestToken(auth, secret, agentOf(secret), now, signal), secret };
    } catch (error) {
      if (!(error instanceof CredentialFailure) || error.kind !== 'refused' || !(await rotating.refused(secret.version))) throw error;
      const other = await rotating.current();
      return { token: await requestToken(auth, other, agentOf(other), now, signal), secret: other };
    }
  }
  async function fromFleet(secret: Secret, refusedToken: string | undefined): Promise<{ token: Token; secret: Secret } | undefined> {
    const token = await shared?.read(secret);
    if (token === undefined || token.accessToken === refusedToken || isDue(token, secret, now())) return undefined;
    events?.tokenRefreshed(provider, 'shared');
    return { token, secret };
  }
  return async (signal, refusedToken) => {
    for (;;) {
      const secret = await rotating.current();
      const found = await fromFleet(secret, refusedToken);
      if (found !== undefined) return found;
      const lease = (await shared?.lease()) ?? { state: 'alone' };
      if (lease.state === 'busy') {
        await delay(WAIT_FOR_FLEET_MS, undefined, { signal });
        continue;
      }
      try {
        // Between the look and the lease another process may have finished.
        const late = lease.state === 'taken' ? await fromFleet(secret, refusedToken) : undefined;
        if (late !== undefined) return late;
        const asked = await ask(secret, signal);
        await shared?.write(asked.token, asked.secret);
        events?.tokenRefreshed(provider, 'ok');
        return asked;
      } finally {
        if (lease.state === 'taken') await lease.release();
      }
    }
  };
}

/** Whether a token is to be replaced, though it may still be live: its end is near, or the secret it came with has a successor. */
export function isDue({ secretVersion, obtainedAt, expiresAt }: Token, secret: Secret, nowMs: number): boolean {
  const life = expiresAt - obtainedAt;
  const dueAt = life < SHORT_LIFE_MS ? obtainedAt + life / 2 : expiresAt - REFRESH_EARLY_MS;
  return secretVersion !== secret.version || nowMs >= dueAt;
}
