// What a card does that is no card. Each token stands for one behaviour that real providers show, and shows it every time.

export type TokenBehaviour =
  /** `refundFails`: its bank sends back the first refund, some time after that was made. */
  | { readonly kind: 'succeeds'; readonly refundFails?: true }
  | { readonly kind: 'declines'; readonly code: string; readonly message: string }
  /** Answers that it does not know yet; the outcome comes later, by a callback. */
  | { readonly kind: 'pends'; readonly becomes: 'succeeded' | 'failed' }
  /** Takes the request and never answers. No charge is made. */
  | { readonly kind: 'hangs' }
  /** Makes the charge and cuts the connection before the answer. */
  | { readonly kind: 'cuts' }
  /** Refuses the first tries of each idempotency key, then succeeds. */
  | { readonly kind: 'refuses-first'; readonly times: number; readonly status: number; readonly retryAfterSeconds?: number };

export const TEST_TOKENS: Readonly<Record<string, TokenBehaviour>> = {
  tok_visa: { kind: 'succeeds' },
  tok_refund_fails: { kind: 'succeeds', refundFails: true },
  tok_declined: { kind: 'declines', code: 'card_declined', message: 'The card was declined.' },
  tok_insufficient_funds: { kind: 'declines', code: 'insufficient_funds', message: 'The card has insufficient funds.' },
  tok_pending: { kind: 'pends', becomes: 'succeeded' },
  tok_pending_declined: { kind: 'pends', becomes: 'failed' },
  tok_timeout: { kind: 'hangs' },
  tok_unknown_outcome: { kind: 'cuts' },
  tok_flaky: { kind: 'refuses-first', times: 2, status: 503 },
  tok_rate_limited: { kind: 'refuses-first', times: 1, status: 429, retryAfterSeconds: 1 },
};

/** The behaviour of a token; undefined for a token that is none. */
export function behaviourOf(token: string): TokenBehaviour | undefined {
  return Object.hasOwn(TEST_TOKENS, token) ? TEST_TOKENS[token] : undefined;
}
