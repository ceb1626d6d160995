// The saga log: what an order still owes to the inventory and the payments. A row is written before or with the change that makes it due,
// and goes when it is paid; a row that stays is picked up by the task in settle-task.ts.
import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { tenantProperties } from '@portico/service-kit/database/tenant';

/** `placing`: the order is not decided; its duties are what it takes to undo it. `owing`: decided, and the duties are due. */
export type SagaStage = 'placing' | 'owing';

export type StockDuty = 'release' | 'commit';

/**
 * `void`: no charge may stand for an order that does not. `refund`: what was paid goes back. `await`: the provider has not said yet
 * whether the charge was made; the order is confirmed or cancelled when it has.
 */
export type PaymentDuty = 'void' | 'refund' | 'await';

export type Duties = { readonly stock: StockDuty | null; readonly payment: PaymentDuty | null };

/** How long the request that wrote a row has the row to itself. */
export const LEASE_MS = 30_000;
/** How long a payment that is awaited is left alone before it is asked for again. */
export const AWAIT_MS = 5_000;

export const SagaTask = defineEntity({
  name: 'SagaTask',
  tableName: 'saga_task',
  properties: {
    /** The order's id. */
    id: p.string().columnType('text').primary(),
    ...tenantProperties,
    stage: p.string().columnType('text').$type<SagaStage>(),
    stock: p.string().columnType('text').$type<StockDuty>().nullable(),
    payment: p.string().columnType('text').$type<PaymentDuty>().nullable(),
    requestId: p.string().columnType('text'),
    /** Of a row that is `placing`: the try of the request that has it. */
    tryId: p.uuid().defaultRaw('gen_random_uuid()'),
    begunAt: p.datetime().length(3),
    lockedUntil: p.datetime().length(3),
  },
});
export type SagaTask = InferEntity<typeof SagaTask>;
