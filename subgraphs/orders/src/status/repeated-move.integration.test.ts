import { newId } from '@portico/contracts/ids';
import { testCaller } from '@portico/service-kit/testing';
import { describe, expect, it } from 'vitest';
import { ask, eventsOf, MOVE, type Order, place, type World, withWorld } from '../testing.ts';

let world: World;
withWorld((opened) => {
  world = opened;
});

describe('a move that is asked again because its answer was lost', () => {
  const seed = () => newId('request');

  it('is answered as the first time, whatever version was expected, and said once', async () => {
    const caller = testCaller();
    const { id } = await place(world, caller);
    const once = { ...caller, idempotencySeed: seed() };
    const move = () => ask(world, once, MOVE, { id, status: 'confirmed', v: 1 });
    const answers: Order[] = [(await move()).changeOrderStatus, (await move()).changeOrderStatus];
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[0]).toMatchObject({ status: 'confirmed', version: 2 });
    expect((await eventsOf(world, id)).map(({ type }) => type)).toEqual(['order.created', 'order.updated']);
  });

  it('is refused to another request, and to its own once the order has moved on', async () => {
    const caller = testCaller();
    const { id } = await place(world, caller);
    const [once, other] = [
      { ...caller, idempotencySeed: seed() },
      { ...caller, idempotencySeed: seed() },
    ];
    await ask(world, once, MOVE, { id, status: 'confirmed' });
    for (const refused of [caller, other]) {
      await expect(ask(world, refused, MOVE, { id, status: 'confirmed' })).rejects.toMatchObject({ code: 'INVALID_STATE' });
    }
    await ask(world, caller, MOVE, { id, status: 'processing' });
    await expect(ask(world, once, MOVE, { id, status: 'confirmed' })).rejects.toMatchObject({
      code: 'INVALID_STATE',
      details: { status: 'processing' },
    });
  });
});
