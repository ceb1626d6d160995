import { type CallerMessage, fromCallerMessage } from '@portico/contracts/caller';
import type { GraphClient } from '@portico/service-kit/graph/graph';

/** One buyer's request, in a tenant of its own: it can be sent again as it was, by another process. */
export type ShopRequest = {
  readonly token: string;
  /** With the idempotency seed that the order's id is made from. */
  readonly caller: CallerMessage;
  readonly orderId: string;
  readonly customerId: string;
  readonly productId: string;
  /** The order is placed without a payment method and paid afterwards, under this idempotency seed. */
  readonly paySeed?: string | undefined;
};

export const QUANTITY = 2;

const PLACE = 'mutation Place($input: PlaceOrderInput!) { placeOrder(input: $input) { id } }';
const PAY = 'mutation Pay($input: PayOrderInput!) { payOrder(input: $input) { id status } }';

/** Answers the order's id. */
export async function placeOrder(graph: GraphClient, { caller, customerId, productId, token, paySeed }: ShopRequest): Promise<string> {
  const items = [{ productId, quantity: QUANTITY }];
  const input = { customerId, items, ...(paySeed === undefined ? { paymentMethod: token } : {}) };
  return (await graph.execute<{ placeOrder: { id: string } }>(PLACE, { input }, fromCallerMessage(caller))).placeOrder.id;
}

/** Answers the payment's status. */
export async function payOrder(graph: GraphClient, { caller, orderId, token, paySeed }: ShopRequest): Promise<string> {
  const paying = { ...fromCallerMessage(caller), idempotencySeed: paySeed };
  return (await graph.execute<{ payOrder: { status: string } }>(PAY, { input: { orderId, paymentMethod: token } }, paying)).payOrder.status;
}
