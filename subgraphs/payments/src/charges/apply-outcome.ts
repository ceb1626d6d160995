import { LockMode } from '@mikro-orm/core';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import { publishSettled } from '@portico/service-kit/subgraph/work-state';
import { announcePayment } from '../announce-payment.ts';
import { LEASE_MS, Payment } from '../payment.entity.ts';
import { type CertainOutcome, type NextState, nextState } from './charge-state.ts';
import type { Charging } from './charging.ts';

export type Applied = { readonly payment: Payment; readonly owes: NextState['owes'] };

const LATE = 'The charge was made after the payment had been given up.';
const MISMATCHED = 'The provider charged something else than was asked for. It is given back.';
const NEVER_MADE = 'The provider never received it.';

/**
 * `dueAt`: when to ask again if something is open. `tellOrders`: nobody waits for the answer to confirm the order by it.
 * `askedAt`: of a charge that was looked up, when it had been asked for last. `wasRefunded`: the refund had been written down before the
 * provider was asked.
 */
type Consequences = { dueAt: Date; tellOrders: boolean; askedAt?: Date; wasRefunded?: boolean };

/**
 * Writes down what the provider is sure of, with the event if the payment has ended by it. Money that is not what was asked for never
 * counts as received: somebody has to look at such a provider, so it is an error in the log, too.
 */
export async function applyOutcome(
  context: SubgraphContext,
  { logger }: Charging,
  id: string,
  outcome: CertainOutcome,
  consequences: Consequences,
): Promise<Applied> {
  const applied = await writeDown(context, id, outcome, consequences);
  if (isMismatched(applied.payment, outcome)) {
    publishSettled('payments', 'mismatched');
    const { amount, currency, orderId } = applied.payment;
    const reason = `asked for ${amount} ${currency}, charged ${outcome.amount} ${outcome.currency} as ${outcome.providerId}`;
    logger.error({ orderId, operation: `charge ${id}`, reason }, 'a provider charged something else than it was asked for');
  }
  return applied;
}

function writeDown(
  context: SubgraphContext,
  id: string,
  outcome: CertainOutcome,
  { dueAt, tellOrders, askedAt, wasRefunded = false }: Consequences,
): Promise<Applied> {
  return context.write(async (em) => {
    const payment = await em.findOneOrFail(Payment, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    // Another try may have been charged since: whoever looks next will see.
    if (outcome.kind === 'absent' && askedAt?.getTime() !== lastAsked(payment)) return { payment, owes: 'outcome' };
    const before = payment.status;
    const mismatched = isMismatched(payment, outcome);
    const heard = wasRefunded && outcome.kind === 'succeeded' ? 'refund_failed' : mismatched ? 'mismatched' : outcome.kind;
    const known = { status: before, undone: payment.undoReason != null, failed: payment.failureReason != null };
    const { status, owes } = nextState(known, heard);
    const at = context.now();
    if ('providerId' in outcome && outcome.providerId !== undefined) payment.reference = outcome.providerId;
    if (owes === 'refund') payment.undoReason ??= mismatched ? MISMATCHED : LATE;
    payment.dueAt = owes === 'nothing' ? null : dueAt;
    payment.openSince = owes === 'nothing' ? null : (payment.openSince ?? at);
    if (status !== before && before === 'refunded') {
      // Everybody was told of the payment before. Its next refund needs a key that was not used yet.
      em.assign(payment, { status, updatedAt: at, tries: payment.tries + 1 });
      if (owes === 'nothing') payment.tellAt = new Date(at.getTime() + LEASE_MS);
    } else if (status !== before) {
      if (status === 'failed') payment.failureReason = payment.undoReason ?? (outcome.kind === 'declined' ? outcome.reason : NEVER_MADE);
      em.assign(payment, { status, updatedAt: at, tries: status === 'refunded' ? payment.tries + 1 : 0 });
      if (status === 'succeeded' && tellOrders) payment.tellAt = new Date(at.getTime() + LEASE_MS);
      announcePayment(em, context.caller, payment, at);
    }
    await em.flush();
    return { payment, owes };
  });
}

/** Amounts in minor units of their currencies. */
function isMismatched({ amount, currency }: Payment, outcome: CertainOutcome): outcome is Extract<CertainOutcome, { kind: 'succeeded' }> {
  return outcome.kind === 'succeeded' && (outcome.amount !== amount || outcome.currency !== currency);
}

function lastAsked({ askedAt, createdAt }: Payment): number {
  return (askedAt ?? createdAt).getTime();
}
