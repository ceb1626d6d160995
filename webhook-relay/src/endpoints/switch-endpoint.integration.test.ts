import type { Caller } from '@portico/contracts/caller';
import { testCaller } from '@portico/service-kit/testing';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { signingKeys } from '../signing/secret.ts';
import { houseSignature } from '../signing/sign.ts';
import { type Endpoint, type EndpointWorld, withEndpoints } from '../testing/endpoint-world.ts';

let world: EndpointWorld;
withEndpoints((opened) => {
  world = opened;
});

describe('rotation', () => {
  const MINUTE_MS = 60_000;
  const rotate = (caller: Caller, id: string, overlapSeconds: number): Promise<Endpoint> =>
    world.act(caller, 'rotateWebhookSecret', id, `, overlapSeconds: ${overlapSeconds}`);

  /** Which of these secrets a receiver can have: by the Standard header, and by the house's. */
  async function verified(
    caller: Caller,
    id: string,
    secrets: readonly (string | null)[],
  ): Promise<{ standard: boolean[]; house: boolean[] }> {
    await world.ask(caller, 'mutation ($id: ID!) { testWebhookEndpoint(id: $id) { delivered } }', { id });
    const { headers, body } = world.lastRequest();
    const standard = secrets.map((secret) => {
      try {
        return new Webhook(secret ?? '').verify(body, headers) !== undefined;
      } catch {
        return false;
      }
    });
    return {
      standard,
      house: secrets.map((secret) => houseSignature(signingKeys(secret ?? '').house, Buffer.from(body)) === headers['x-webhook-signature']),
    };
  }

  it('signs with the old secret and every newer one until it is completed', async () => {
    const caller = testCaller();
    const { id, secret: first } = await world.register(caller);
    const { secret: second } = await rotate(caller, id, 3_600);
    const { secret: third } = await rotate(caller, id, 3_600);
    const { secret: fourth } = await rotate(caller, id, 3_600);
    const all = [first, second, third, fourth];
    expect(await verified(caller, id, all)).toEqual({ standard: [true, true, true, true], house: [true, false, false, false] });
    expect(await world.act(caller, 'completeWebhookRotation', id)).toMatchObject({ previousSecretExpiresAt: null, secret: null });
    expect(await verified(caller, id, all)).toEqual({ standard: [false, false, false, true], house: [false, false, false, true] });
  });

  it('lasts as long as the longest overlap that was said, for all secrets before; without one they end at once', async () => {
    const caller = testCaller();
    const { id, secret: first } = await world.register(caller);
    const before = world.clock;
    const { secret: second } = await rotate(caller, id, 120);
    const { secret: third, previousSecretExpiresAt } = await rotate(caller, id, 60);
    expect(previousSecretExpiresAt).toBe(new Date(before.getTime() + 2 * MINUTE_MS).toISOString());
    expect(await rotate(caller, id, 180)).toMatchObject({
      previousSecretExpiresAt: new Date(before.getTime() + 3 * MINUTE_MS).toISOString(),
    });
    const old = [first, second, third];
    world.clock = new Date(before.getTime() + 3 * MINUTE_MS - 1);
    expect(await verified(caller, id, old)).toEqual({ standard: [true, true, true], house: [true, false, false] });
    world.clock = new Date(before.getTime() + 3 * MINUTE_MS);
    expect(await verified(caller, id, old)).toEqual({ standard: [false, false, false], house: [false, false, false] });
    const { secret: fifth } = await rotate(caller, id, 60);
    const { secret: sixth } = await rotate(caller, id, 0);
    expect(await verified(caller, id, [...old, fifth, sixth])).toEqual({
      standard: [false, false, false, false, true],
      house: [false, false, false, false, true],
    });
    world.clock = before;
  });

  it('takes the eleventh secret within an overlap only when those before end at once, and says until when', async () => {
    const caller = testCaller();
    const { id } = await world.register(caller);
    for (let i = 0; i < 10; i += 1) await rotate(caller, id, 60);
    const until = new Date(world.clock.getTime() + 60_000).toISOString();
    await expect(rotate(caller, id, 60)).rejects.toMatchObject({ code: 'INVALID_STATE', details: { previousSecretExpiresAt: until } });
    expect(await rotate(caller, id, 0)).toMatchObject({ previousSecretExpiresAt: null, secret: expect.any(String) });
  });

  it('shows no overlap that has ended, and takes at most seven days', async () => {
    const caller = testCaller();
    const { id } = await world.register(caller);
    await world.act(caller, 'rotateWebhookSecret', id, ', overlapSeconds: 60');
    const before = world.clock;
    world.clock = new Date(before.getTime() + 61_000);
    expect(await world.read(caller, id)).toMatchObject({ previousSecretExpiresAt: null });
    world.clock = before;
    await expect(world.act(caller, 'rotateWebhookSecret', id, ', overlapSeconds: 604801')).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
    });
  });
});

describe('switching', () => {
  it('goes from active to paused and back, and off and on', async () => {
    const caller = testCaller();
    const { id } = await world.register(caller);
    expect(await world.act(caller, 'pauseWebhookEndpoint', id)).toMatchObject({ status: 'paused' });
    const wakes = world.relay.wakes();
    expect(await world.act(caller, 'resumeWebhookEndpoint', id, ', drainPerSecond: 5')).toMatchObject({
      status: 'active',
      drainPerSecond: 5,
    });
    expect(world.relay.wakes()).toBe(wakes + 1);
    expect(await world.act(caller, 'disableWebhookEndpoint', id)).toMatchObject({
      status: 'disabled',
      disabledReason: 'switched_off',
      disabledAt: world.clock.toISOString(),
    });
    await expect(world.act(caller, 'resumeWebhookEndpoint', id)).rejects.toMatchObject({ code: 'INVALID_STATE' });
    expect(await world.act(caller, 'enableWebhookEndpoint', id, ', drainPerSecond: 9')).toMatchObject({
      status: 'active',
      disabledReason: null,
      disabledAt: null,
      drainPerSecond: 9,
    });
    for (const field of ['enableWebhookEndpoint', 'resumeWebhookEndpoint'])
      await expect(world.act(caller, field, id, ', drainPerSecond: 0')).rejects.toMatchObject({
        details: { drainPerSecond: expect.any(String) },
      });
  });

  it('is for its own tenant only, with the scope to write', async () => {
    const { id } = await world.register(testCaller());
    await expect(world.act(testCaller(), 'pauseWebhookEndpoint', id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(world.act(testCaller(['webhooks:read']), 'pauseWebhookEndpoint', id)).rejects.toMatchObject({
      code: 'AUTHORIZATION_ERROR',
    });
  });
});
