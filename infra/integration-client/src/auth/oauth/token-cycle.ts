// The life of an access token. While one is live nobody waits: it is replaced in the background, five minutes before its end, and stays when
// that fails. Callers wait only when there is none.

import { type EndSignal, unlessEnded } from '../../policies/ending.ts';
import type { Secret } from '../../secrets.ts';
import type { Authorization } from '../authorizer.ts';
import type { Token } from './request-token.ts';
import { isDue, type TokenSource } from './token-source.ts';

export type TokenCycle = {
  authorize(secret: Secret, signal: EndSignal): Promise<Authorization>;
  /** As of an Authorizer; `secret` is the version in use. */
  refused(secret: Secret, signal: EndSignal, used?: Authorization): Promise<boolean>;
  /** Resolves when no request for a token is under way. */
  settled(): Promise<void>;
};

export type TokenCycleOptions = {
  obtain: TokenSource;
  authorizationOf(token: Token, secret: Secret): Authorization;
  now: () => number;
  closing: AbortSignal;
  onFailure(error: unknown, hasLiveToken: boolean): void;
};

/** After a refresh that failed while a token is live. */
const RETRY_REFRESH_MS = 5_000;
/** While there is none, a failure is everybody's answer for so long: the authority is not asked once per call. */
const RETRY_FIRST_MS = 500;
/**
 * A token that is refused so soon after it was given is not the trouble: another one would be refused too. Unless it is being replaced, or has
 * to be: in a rotation the other side may have ended it together with the secret it came from, seconds after it was given.
 */
const FRESH_MS = 2_000;

export function createTokenCycle({ obtain, authorizationOf, now, closing, onFailure }: TokenCycleOptions): TokenCycle {
  let held: { token: Token; authorization: Authorization } | undefined;
  let refreshing: Promise<Authorization> | undefined;
  let failure: { error: unknown; at: number } | undefined;

  const isLive = (): boolean => held !== undefined && held.token.expiresAt > now();
  /** In ms. What seems to be ahead of us was long ago: the clock was set back since. */
  const since = (instant: number): number => (instant > now() ? Number.POSITIVE_INFINITY : now() - instant);
  async function replace(refusedToken: string | undefined): Promise<Authorization> {
    try {
      const { token, secret } = await obtain(closing, refusedToken);
      held = { token, authorization: authorizationOf(token, secret) };
      failure = undefined;
      return held.authorization;
    } catch (error) {
      failure = { error, at: now() };
      if (!closing.aborted) onFailure(error, isLive());
      throw error;
    } finally {
      refreshing = undefined;
    }
  }
  function refresh(refusedToken?: string): Promise<Authorization> {
    refreshing ??= replace(refusedToken);
    return refreshing;
  }
  return {
    async authorize(secret, signal) {
      if (signal.aborted) throw signal.reason;
      const sinceFailure = failure === undefined ? Number.POSITIVE_INFINITY : since(failure.at);
      if (held === undefined || !isLive()) {
        if (failure !== undefined && sinceFailure < RETRY_FIRST_MS) throw failure.error;
        return unlessEnded(refresh(), signal);
      }
      // Told to onFailure; the live token does for now.
      if (isDue(held.token, secret, now()) && sinceFailure >= RETRY_REFRESH_MS) refresh().catch(() => {});
      return held.authorization;
    },
    async refused(secret, signal, used) {
      if (held === undefined || (used !== undefined && used !== held.authorization)) return true;
      const isBeingReplaced = refreshing !== undefined || isDue(held.token, secret, now());
      if (!isBeingReplaced && since(held.token.obtainedAt) < FRESH_MS) return false;
      return unlessEnded(refresh(held.token.accessToken), signal).then(
        () => true,
        () => false,
      );
    },
    async settled() {
      await refreshing?.catch(() => {});
    },
  };
}
