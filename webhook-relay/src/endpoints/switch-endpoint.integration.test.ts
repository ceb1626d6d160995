import { testCaller } from '@portico/service-kit/testing';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { type EndpointWorld, withEndpoints } from '../testing/endpoint-world.ts';

let world: EndpointWorld;
withEndpoints((opened) => {
  world = opened;
});

describe('rotation', () => {
  it('signs with both secrets until it is completed, and trying twice keeps the one that receivers have', async () => {
    const caller = testCaller();
    const { id, secret: first } = await world.register(caller);
    const { secret: lost } = await world.act(caller, 'rotateWebhookSecret', id);
    const { secret: second, previousSecretExpiresAt } = await world.act(caller, 'rotateWebhookSecret', id, ', overlapSeconds: 3600');
    expect(previousSecretExpiresAt).toBe(new Date(world.clock.getTime() + 3_600_000).toISOString());
    const verifies = async (): Promise<boolean[]> => {
      await world.ask(caller, 'mutation ($id: ID!) { testWebhookEndpoint(id: $id) { delivered } }', { id });
      const { headers, body } = world.lastRequest();
      return [first, lost, second].map((secret) => {
        try {
          return new Webhook(secret ?? '').verify(body, headers) !== undefined;
        } catch {
          return false;
        }
      });
    };
    expect(await verifies()).toEqual([true, false, true]);
    expect(await world.act(caller, 'completeWebhookRotation', id)).toMatchObject({ previousSecretExpiresAt: null, secret: null });
    expect(await verifies()).toEqual([false, false, true]);
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
