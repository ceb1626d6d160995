import type { EntityManager } from '@mikro-orm/postgresql';
import type { Caller } from '@portico/contracts/caller';
import { paymentFailed, paymentReceived } from '@portico/contracts/events/payments';
import { emit } from '@portico/service-kit/outbox/outbox';
import type { Payment } from './payment.entity.ts';

/** Writes the event of a payment's status, if it has one: `pending` and `refunded` have none. */
export function announcePayment(em: EntityManager, caller: Caller, payment: Payment, at: Date): void {
  const { id, orderId, status, amount, currency, method, failureReason } = payment;
  const payload = { id, orderId, status, amount, currency, method, createdAt: payment.createdAt.toISOString() };
  if (status === 'succeeded') emit(em, paymentReceived, { caller, aggregateId: orderId, payload, at });
  if (status === 'failed') {
    emit(em, paymentFailed, { caller, aggregateId: orderId, payload: { ...payload, failureReason: failureReason ?? '' }, at });
  }
}
