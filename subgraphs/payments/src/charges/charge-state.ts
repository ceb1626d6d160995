// What a payment becomes by what its provider says, which may come twice, late, or in the wrong order.
import type { PaymentStatus } from '../payment.entity.ts';
import type { FoundCharge } from '../payment-provider/payment-provider.ts';

/** What the provider is sure of. A charge that cannot be found after so long was never made. */
export type CertainOutcome = Exclude<FoundCharge, { kind: 'unknown' }>;

/** `mismatched`: something was charged, and it is not what was asked for. `refund_failed`: what was given back came back. */
type Heard = CertainOutcome['kind'] | 'mismatched' | 'refund_failed';

/** `undone`: the charge must not stand. `failed`: it was said to have failed before. */
type Before = { readonly status: PaymentStatus; readonly undone: boolean; readonly failed: boolean };

export type NextState = {
  readonly status: PaymentStatus;
  /** What is left to do with the provider: to learn the outcome, to give the money back, or nothing. */
  readonly owes: 'outcome' | 'refund' | 'nothing';
};

export function nextState({ status, undone, failed }: Before, outcome: Heard): NextState {
  if (outcome === 'refunded') return { status: 'refunded', owes: 'nothing' };
  switch (status) {
    case 'pending':
      if (outcome === 'pending') return { status, owes: 'outcome' };
      // Whoever was to ask for it may be held up: it is looked for once more.
      if (outcome === 'absent') return { status: 'failed', owes: 'outcome' };
      if (outcome === 'declined') return { status: 'failed', owes: 'nothing' };
      // Money that goes back at once is not announced as received.
      if (undone) return { status, owes: 'refund' };
      return outcome === 'succeeded' ? { status: 'succeeded', owes: 'nothing' } : { status: 'failed', owes: 'refund' };
    case 'succeeded':
      // Money that came and must not stand is owed until it is back. That it was not decided was said before it was, and a provider that
      // does not find it any more has it all the same.
      return { status, owes: undone ? 'refund' : 'nothing' };
    case 'failed':
      // It was given up, everybody was told, and the order may have been paid otherwise since. One that is not decided may still come about.
      if (outcome === 'succeeded' || outcome === 'mismatched') return { status, owes: 'refund' };
      return { status, owes: outcome === 'pending' ? 'outcome' : 'nothing' };
    case 'refunded':
      // Only a look that began after the refund can tell that it did not last: any other one is older than that.
      if (outcome !== 'refund_failed') return { status, owes: 'nothing' };
      return { status: failed ? 'failed' : 'succeeded', owes: undone ? 'refund' : 'nothing' };
  }
}
