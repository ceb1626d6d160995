import { LockMode, wrap } from '@mikro-orm/core';
import { AppError } from '@portico/contracts/errors';
import type { Row } from '@portico/service-kit/reads/reads';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import { Payment } from '../payment.entity.ts';
import type { ChargeOutcome, FoundCharge } from '../payment-provider/payment-provider.ts';
import { applyOutcome } from './apply-outcome.ts';
import { type Charging, FIND_TIMEOUT_MS } from './settle-payment.ts';

/** With one look-up behind it this ends before whoever asked us gives up, which is after five seconds. */
const CHARGE_TIMEOUT_MS = 3_000;
const RETRY_AFTER_SECONDS = 2;

/**
 * Asks the provider to charge for a payment that is written down as pending, and writes down what came of it: nothing but `pending` when
 * that is not known yet. SERVICE_UNAVAILABLE when the provider could not be asked. `isNew`: no earlier try can have charged for it.
 */
export async function chargePayment(
  context: SubgraphContext,
  { providers }: Charging,
  payment: Payment,
  { token, isNew }: { token: string; isNew: boolean },
): Promise<Row> {
  const { id, amount, currency, orderId } = payment;
  const provider = providers.named(payment.provider ?? '');
  if (provider === undefined) throw unavailable();
  const request = { key: id, amount, currency, token, orderId, description: `Order ${orderId}` };
  let outcome: ChargeOutcome | FoundCharge = await provider.charge(request, AbortSignal.timeout(CHARGE_TIMEOUT_MS));
  if (outcome.kind === 'unavailable') {
    if (isNew) await forget(context, id);
    throw unavailable();
  }
  if (outcome.kind === 'unknown') outcome = await provider.find({ key: id, providerId: null }, AbortSignal.timeout(FIND_TIMEOUT_MS));
  // A charge that is not there yet may still come: its request can be on its way.
  if (outcome.kind === 'unknown' || outcome.kind === 'absent') return wrap(payment).toPOJO();
  return wrap((await applyOutcome(context, id, outcome, context.now())).payment).toPOJO();
}

/** Takes away a payment for which nobody was asked, so that it does not stand in the way of the next try. */
function forget(context: SubgraphContext, id: string): Promise<void> {
  return context.write(async (em) => {
    const payment = await em.findOne(Payment, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (payment?.status === 'pending') em.remove(payment);
  });
}

function unavailable(): AppError {
  return new AppError('SERVICE_UNAVAILABLE', 'The payment provider cannot be asked at the moment.', {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}
