// Cancelling and paying cross in every way two requests can: in the end the order is cancelled and nobody has paid for it.
import { fromCallerMessage } from '@portico/contracts/caller';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FULL } from '../counts.ts';
import { type Ground, openGround } from './open-ground.ts';
import { faultsOf, readBooks } from './order-books.ts';
import { recover } from './recover.ts';
import { payOrder, placeOrder } from './shop-request.ts';

const CARDS = ['tok_visa', 'tok_unknown_outcome', 'tok_flaky', 'tok_pending'];
const ROUNDS = FULL ? 20 : 3;
const CANCEL = 'mutation Cancel($id: ID!) { cancelOrder(id: $id) { status } }';

let ground: Ground;
beforeAll(async () => {
  ground = await openGround(CARDS);
});
afterAll(() => ground?.[Symbol.asyncDispose]());

describe('an order that is cancelled while it is paid', () => {
  it('keeps neither stock nor money, whichever comes first', async () => {
    await using copy = await ground.copy();
    await using recovery = await recover(copy.settings);
    const { started } = recovery;
    for (let round = 0; round < ROUNDS; round += 1) {
      const requests = CARDS.map((token) => ground.request(token, { later: true }));
      for (const request of requests) await placeOrder(started.client, request);
      await Promise.all(
        requests.map(async (request) => {
          const cancel = () => started.client.execute(CANCEL, { id: request.orderId }, fromCallerMessage(request.caller));
          const pay = () => payOrder(started.client, request).catch(() => 'refused');
          await (round % 2 === 0 ? Promise.all([pay(), cancel()]) : Promise.all([cancel(), pay()]));
        }),
      );
      await recovery.settled();
      for (const request of requests) {
        const books = await readBooks(started, request, ground.sandbox.chargesOf(request.orderId));
        expect([request.token, books.order?.status, faultsOf(books, { isPaidLater: true })]).toEqual([request.token, 'cancelled', []]);
      }
    }
  });
});
