import type { OAuthOutcome } from '@portico/contracts/token-service';
import type { ClientLimits } from '../limits/clients/client-limits.ts';

/** What is asked in the name of one client from one address, under its limits. */
export type LimitedClient = {
  /** Runs what looks at the client's secret first, and counts how that ended. RATE_LIMIT_EXCEEDED for one guess too many. */
  proving<Value>(serve: () => Promise<OAuthOutcome<Value>>): Promise<OAuthOutcome<Value>>;
  /** Runs what issues tokens. RATE_LIMIT_EXCEEDED when the client has had as many as it may in a minute. */
  takingToken<Value>(issue: () => Promise<OAuthOutcome<Value>>): Promise<OAuthOutcome<Value>>;
};

export function limitClient(limits: ClientLimits, clientId: string, address: string): LimitedClient {
  return {
    async proving(serve) {
      await limits.refuseClosed(clientId, address);
      const outcome = await serve();
      if (isUnproved(outcome)) await limits.countFailure(clientId, address);
      // Other refusals may come before the secret is looked at: only what is granted proves that it was right.
      else if (outcome.kind === 'granted') limits.countProof(clientId, address);
      return outcome;
    },
    async takingToken(issue) {
      // Taken before the secret is looked at, so that requests at once get no more than there are; somebody else's guess gives it back.
      const taken = await limits.takeToken(clientId);
      let granted = false;
      try {
        const outcome = await issue();
        granted = outcome.kind === 'granted';
        return outcome;
      } finally {
        if (!granted) await taken.giveBack();
      }
    },
  };
}

function isUnproved(outcome: OAuthOutcome<unknown>): boolean {
  return outcome.kind === 'refused' && outcome.error === 'invalid_client';
}
