// What a provider may be asked beyond what callers asked: retries, hedges and answers fetched before anybody waits for them share one budget, so that an outage
// adds at most a fifth to the load, however many callers retry. A bucket: every call adds a fifth of a token, every second three.

export type RetryBudget = {
  /** A call begins. */
  deposit(): void;
  /** One more request: true when there was a token for it. */
  withdraw(): boolean;
};

export const SHARE_OF_CALLS = 0.2;
export const MINIMUM_PER_SECOND = 3;
/** What a quiet time may save up. */
export const SAVED_AT_MOST = 100;
const AT_START = 10;

export function createRetryBudget(now: () => number): RetryBudget {
  let tokens = AT_START;
  let at = now();
  const add = (amount: number): void => {
    tokens = Math.min(SAVED_AT_MOST, tokens + amount);
  };
  return {
    deposit: () => add(SHARE_OF_CALLS),
    withdraw() {
      const present = now();
      add((Math.max(0, present - at) / 1_000) * MINIMUM_PER_SECOND);
      at = Math.max(at, present);
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
