import { wrap } from '@mikro-orm/core';
import { AppError } from '@portico/contracts/errors';
import type { Row } from '@portico/service-kit/reads/reads';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import { Payment } from '../payment.entity.ts';
import type { ChargeOutcome, FoundCharge } from '../payment-provider/payment-provider.ts';
import { tellOrdersNow } from '../tell-orders.ts';
import { applyOutcome } from './apply-outcome.ts';
import { type Charging, FIND_TIMEOUT_MS } from './charging.ts';

/** The declared deadline of the call is shorter. With one look-up behind it this ends before whoever asked us gives up, after five seconds. */
const CHARGE_TIMEOUT_MS = 3_000;
/** Where the provider does not say when it can be asked again. */
const RETRY_AFTER_MS = 2_000;
/** Nobody is sent away for longer, whatever the provider said to one request: "in a year" would be waited for. */
const RETRY_AFTER_MAX_MS = 60_000;

/**
 * Asks the provider to charge for a payment that is written down as pending, and writes down what came of it; it stays `pending`
 * while that is not known. SERVICE_UNAVAILABLE when the provider could not be asked. `isNew`: no earlier try can have charged for it.
 * `tellOrders`: the caller does not confirm the order by the answer, so the orders have to be told.
 */
export async function chargePayment(
  context: SubgraphContext,
  charging: Charging,
  payment: Payment,
  { token, isNew, tellOrders }: { token: string; isNew: boolean; tellOrders: boolean },
): Promise<Row> {
  const { id, amount, currency, orderId } = payment;
  const provider = charging.providers.named(payment.provider ?? '');
  if (provider === undefined) throw unavailable();
  const request = { key: id, amount, currency, token, orderId, description: `Order ${orderId}` };
  let outcome: ChargeOutcome | FoundCharge = await provider.charge(request, AbortSignal.timeout(CHARGE_TIMEOUT_MS));
  if (outcome.kind === 'unavailable') {
    if (isNew) await forget(context, payment);
    throw unavailable((outcome.retryAt?.getTime() ?? 0) - Date.now());
  }
  if (outcome.kind === 'unknown') outcome = await provider.find({ key: id, providerId: null }, AbortSignal.timeout(FIND_TIMEOUT_MS));
  // A charge that is not there yet may still come: its request can be on its way.
  if (outcome.kind === 'unknown' || outcome.kind === 'absent') return wrap(payment).toPOJO();
  const { payment: settled } = await applyOutcome(context, charging, id, outcome, { dueAt: context.now(), tellOrders });
  await tellOrdersNow(context, settled);
  return wrap(settled).toPOJO();
}

/**
 * Takes away a payment for which nobody was asked, so that it does not stand in the way of the next try. One that another try has taken up
 * since stays: that one may be charging for it.
 */
async function forget(context: SubgraphContext, { id, version }: Payment): Promise<void> {
  await context.write((em) => em.nativeDelete(Payment, { id, version, status: 'pending' }));
}

function unavailable(afterMs = RETRY_AFTER_MS): AppError {
  return new AppError('SERVICE_UNAVAILABLE', 'The payment provider cannot be asked at the moment.', {
    retryAfterSeconds: Math.ceil(Math.min(Math.max(afterMs, RETRY_AFTER_MS), RETRY_AFTER_MAX_MS) / 1_000),
  });
}
