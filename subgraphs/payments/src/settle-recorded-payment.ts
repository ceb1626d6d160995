import { LockMode, wrap } from '@mikro-orm/core';
import { AppError, notFound } from '@portico/contracts/errors';
import { isId } from '@portico/contracts/ids';
import { parseInput } from '@portico/service-kit/parse-input';
import type { Row } from '@portico/service-kit/reads/reads';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import { z } from 'zod';
import { announcePayment } from './announce-payment.ts';
import { LEASE_MS, Payment } from './payment.entity.ts';
import { reasonGoesWithStatus, recordedDetails } from './record-payment.ts';
import { tellOrdersNow } from './tell-orders.ts';

const input = z
  .object({ id: z.string(), status: z.enum(['succeeded', 'failed'], 'It must be succeeded or failed.'), ...recordedDetails })
  .superRefine(reasonGoesWithStatus);
type Settling = z.output<typeof input>;

/**
 * Says what became of a recorded payment that was `pending`: the money came, or it will not. Saying it again changes nothing. INVALID_STATE for one
 * that ended otherwise, and for a charge, of which its provider tells.
 */
export async function settleRecordedPayment(context: SubgraphContext, given: unknown): Promise<Row> {
  const settling = parseInput(input, given);
  if (!isId('payment', settling.id)) throw notFound('payment', settling.id);
  const payment = await context.write(async (em) => {
    const found = await em.findOne(Payment, { id: settling.id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (found === null) throw notFound('payment', settling.id);
    if (found.provider == null && found.status === settling.status) return found;
    requireOpen(found);
    const at = context.now();
    em.assign(found, {
      ...changeOf(settling),
      updatedAt: at,
      tellAt: settling.status === 'succeeded' ? new Date(at.getTime() + LEASE_MS) : null,
    });
    announcePayment(em, context.caller, found, at);
    await em.flush();
    return found;
  });
  await tellOrdersNow(context, payment);
  return wrap(payment).toPOJO();
}

function requireOpen({ provider, status }: Payment): void {
  const why = provider == null ? `It is ${status}.` : 'It is a charge: it settles by what its provider says.';
  if (provider != null || status !== 'pending') {
    throw new AppError('INVALID_STATE', 'Only a recorded payment that is pending can be settled.', { details: { id: why } });
  }
}

/** A reference that was noted before stays, unless there is a new one. */
function changeOf({ status, failureReason, reference }: Settling): Partial<Payment> {
  return { status, failureReason: failureReason ?? null, ...(reference == null ? {} : { reference }) };
}
