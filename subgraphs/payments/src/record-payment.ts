import { wrap } from '@mikro-orm/core';
import { asService } from '@portico/contracts/caller';
import { invalid } from '@portico/contracts/errors';
import { isId } from '@portico/contracts/ids';
import { createOnce } from '@portico/service-kit/database/create-once';
import { tenantOf } from '@portico/service-kit/database/tenant';
import { parseInput } from '@portico/service-kit/parse-input';
import type { Row } from '@portico/service-kit/reads/reads';
import type { Selection } from '@portico/service-kit/reads/selection';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import { z } from 'zod';
import { announcePayment } from './announce-payment.ts';
import { lockOrder } from './charges/paid-order.ts';
import { LEASE_MS, PAYMENT_METHODS, Payment } from './payment.entity.ts';
import { paymentReads } from './payment-reads.ts';
import { tellOrdersNow } from './tell-orders.ts';

/** What may be noted beside the status. */
export const recordedDetails = {
  failureReason: z.string().trim().min(1).max(500).nullish(),
  reference: z.string().trim().min(1).max(200).nullish(),
};

export function reasonGoesWithStatus(
  { status, failureReason }: { status: string; failureReason?: string | null | undefined },
  context: z.RefinementCtx,
): void {
  const given = typeof failureReason === 'string';
  if (given === (status === 'failed')) return;
  const message = given ? 'Only a payment that failed has a reason.' : 'A payment that failed needs a reason.';
  context.addIssue({ code: 'custom', path: ['failureReason'], message });
}

const input = z
  .object({
    orderId: z.string(),
    amount: z.int().min(1),
    currency: z.string(),
    method: z.enum(PAYMENT_METHODS),
    status: z.enum(['pending', 'succeeded', 'failed'], 'It must be pending, succeeded or failed.'),
    ...recordedDetails,
  })
  .superRefine(reasonGoesWithStatus);

const ORDER = 'query PaidOrder($id: ID!) { order(id: $id) { id currency } }';
type PaidOrder = { order: { id: string; currency: string } | null };

/** Notes a payment that was settled elsewhere. VALIDATION_ERROR for an order that is not there or is in another currency. */
export async function recordPayment(context: SubgraphContext, given: unknown, selection: Selection): Promise<Row> {
  const payment = parseInput(input, given);
  await requireOrder(context, payment.orderId, payment.currency);
  return createOnce<Row>(context, 'payment', 'payment_pkey', {
    find: (id) => context.reads.one(paymentReads, context.caller, 't.id', id, selection),
    create: (id) => record(context, id, payment),
  });
}

async function record(context: SubgraphContext, id: string, given: z.output<typeof input>): Promise<Row> {
  const payment = await context.write(async (em) => {
    const at = context.now();
    const tellAt = given.status === 'succeeded' ? new Date(at.getTime() + LEASE_MS) : null;
    const row = em.create(Payment, { ...tenantOf(context.caller), ...given, id, tellAt, createdAt: at, updatedAt: at });
    // Waits for payments that are being begun: what they find due has this one counted, or not yet there.
    await lockOrder(em, context.caller, given.orderId);
    announcePayment(em, context.caller, row, at);
    await em.persist(row).flush();
    return row;
  });
  await tellOrdersNow(context, payment);
  return wrap(payment).toPOJO();
}

async function requireOrder({ graph, caller }: SubgraphContext, id: string, currency: string): Promise<void> {
  const order = isId('order', id)
    ? (await graph.execute<PaidOrder>(ORDER, { id }, asService(caller, 'payments', ['orders:read']))).order
    : null;
  if (order === null) throw invalid({ orderId: `There is no order ${JSON.stringify(id.slice(0, 64))}.` });
  if (order.currency !== currency) throw invalid({ currency: `The order is in ${order.currency}.` });
}
