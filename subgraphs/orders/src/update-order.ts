import { AppError } from '@portico/contracts/errors';
import { orderUpdated } from '@portico/contracts/events/orders';
import { addressInput } from '@portico/service-kit/address';
import { emit } from '@portico/service-kit/outbox/outbox';
import { parseInput } from '@portico/service-kit/parse-input';
import type { Row } from '@portico/service-kit/reads/reads';
import { requireVersion, type SubgraphContext } from '@portico/service-kit/subgraph/context';
import { z } from 'zod';
import { sealedShippingAddress } from './order.entity.ts';
import { orderPayload, orderRow } from './order-row.ts';
import { notesInput } from './placing/price-order.ts';
import { findOrder } from './status/move-order.ts';

const input = z.object({ shippingAddress: addressInput.nullish(), notes: notesInput });

/** Once the parcel is on its way, or will never be, its address is history. */
const ADDRESS_OPEN: ReadonlySet<string> = new Set(['pending', 'confirmed', 'processing']);

export function updateOrder(context: SubgraphContext, id: string, given: unknown, expectedVersion?: number | null): Promise<Row> {
  const { shippingAddress, notes } = parseInput(input, given);
  return context.write(async (em) => {
    const { order, lines } = await findOrder(em, id);
    requireVersion(order, expectedVersion);
    if (shippingAddress !== undefined && !ADDRESS_OPEN.has(order.status)) {
      throw new AppError('INVALID_STATE', `The shipping address of an order that is ${order.status} cannot be changed.`, {
        details: { status: order.status, allowed: [...ADDRESS_OPEN] },
      });
    }
    const at = context.now();
    const sealed = shippingAddress ? sealedShippingAddress.seal(context.keyRing, id, shippingAddress) : shippingAddress;
    em.assign(order, {
      ...(sealed === undefined ? {} : { shippingAddress: sealed }),
      ...(notes === undefined ? {} : { notes }),
      updatedAt: at,
    });
    await em.flush();
    const payload = { ...orderPayload(order, lines), previousStatus: order.status, currentStatus: order.status };
    emit(em, orderUpdated, { caller: context.caller, aggregateId: id, payload, at });
    await em.flush();
    return orderRow(order, lines);
  });
}
