import type { Caller } from '@portico/contracts/caller';
import { testCaller } from '@portico/service-kit/testing';
import { describe, expect, it } from 'vitest';
import { createSender } from '../sending/send.ts';
import { type EndpointWorld, withEndpoints } from '../testing/endpoint-world.ts';
import { updateEndpoint } from './update-endpoint.ts';

let world: EndpointWorld;
withEndpoints((opened) => {
  world = opened;
});

describe('a change', () => {
  it('moves a verified endpoint only to a URL that answers; until then the old one stays', async () => {
    world.status = 200;
    const caller = testCaller();
    const { id } = await world.register(caller);
    await expect(world.change(caller, id, { url: 'http://127.0.0.1:1/' })).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      details: { url: expect.stringContaining('connect') },
    });
    expect(await world.read(caller, id)).toMatchObject({ url: world.receiver.url, status: 'active' });
    const moved = `${world.receiver.url}/moved`;
    await world.act(caller, 'pauseWebhookEndpoint', id);
    expect(await world.change(caller, id, { url: moved })).toMatchObject({ url: moved, status: 'paused' });
  });

  it('is refused for another version, and holds new events against a filter that stays', async () => {
    const caller = testCaller();
    const { id, version } = await world.register(caller, { filter: { customerId: ['cust_1'] } });
    await expect(world.change(caller, id, { description: 'x' }, version + 1)).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    await expect(world.change(caller, id, { events: ['inventory.low'] })).rejects.toMatchObject({
      details: { 'filter.customerId': expect.stringContaining('inventory.low') },
    });
    expect(await world.change(caller, id, { events: ['inventory.low'], filter: null }, version)).toMatchObject({ version: version + 1 });
  });
});

describe('a change that another one overtakes', () => {
  /** The change, with something else done between its look at the endpoint and its writing. */
  async function overtaken(caller: Caller, id: string, input: object, meanwhile: () => Promise<unknown>): Promise<unknown> {
    const context = world.relay.subgraph.contextFor(caller);
    let looked = false;
    const write: typeof context.write = async (work) => {
      const result = await context.write(work);
      if (!looked) {
        looked = true;
        await meanwhile();
      }
      return result;
    };
    const policy = { allowLoopback: true };
    await using sender = createSender({ policy });
    return await updateEndpoint({ ...context, write }, { sender, policy, signal: new AbortController().signal, wake() {} }, id, input);
  }

  it('by a test moves no endpoint that is verified now to a URL that never answered', async () => {
    world.status = 500;
    const caller = testCaller();
    const { id } = await world.register(caller);
    world.status = 200;
    const test = () => world.ask(caller, 'mutation ($id: ID!) { testWebhookEndpoint(id: $id) { delivered } }', { id });
    await expect(overtaken(caller, id, { url: 'http://127.0.0.1:1/' }, test)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await world.read(caller, id)).toMatchObject({ url: world.receiver.url, status: 'active' });
  });

  it('leaves no filter that none of its events can pass', async () => {
    const caller = testCaller();
    const { id } = await world.register(caller);
    const others = () => world.change(caller, id, { events: ['inventory.low'] });
    await expect(overtaken(caller, id, { filter: { customerId: ['cust_1'] } }, others)).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      details: { 'filter.customerId': expect.stringContaining('inventory.low') },
    });
    expect(await world.read(caller, id)).toMatchObject({ filter: null });
  });
});
