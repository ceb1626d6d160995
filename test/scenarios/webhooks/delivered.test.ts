// What a partner's server gets: every event of the catalogue, signed in both ways, in the bytes that the API shows too.
import { createHmac } from 'node:crypto';
import { lettersTo } from '@portico/admin-server/testing/browser';
import { EVENT_CATALOGUE } from '@portico/contracts/events/catalogue';
import { openEventBus } from '@portico/service-kit/bus/open-event-bus';
import { silentLogger } from '@portico/service-kit/testing';
import pg from 'pg';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openShop, type Shop } from '../../stack/shop.ts';
import { type Received, type Sink, startSink } from '../../stack/sink.ts';
import { type Stack, startStack, TOPOLOGIES } from '../../stack/start-stack.ts';

type Endpoint = { id: string; secret: string };
type Body = { id: string; event: string; data: Record<string, unknown> };

describe.each(TOPOLOGIES)('delivered webhooks, %s', (topology) => {
  let stack: Stack;
  let sink: Sink;
  let shop: Shop;
  beforeAll(async () => {
    stack = await startStack({ topology, openBus: (databaseUrl) => openEventBus({ databaseUrl, logger: silentLogger }) });
    sink = await startSink();
  });
  // Of an account of its own: events of the test before may be on their way still.
  beforeEach(async () => {
    shop = await openShop(stack);
  });
  afterAll(async () => {
    await sink?.[Symbol.asyncDispose]();
    await stack?.[Symbol.asyncDispose]();
  });

  /** An endpoint at a path of its own, and what came to it since its verification. */
  async function register(name: string, given: object = {}) {
    const webhook = { url: `${sink.url}/${name}`, events: ['*'], ...given };
    const made = await shop.data<Endpoint>(201, 'POST', '/api/v1/webhooks', webhook);
    const came = (): Received[] =>
      sink.received.filter(({ path, headers }) => path.endsWith(`/${name}`) && headers['x-webhook-event'] !== 'webhook.test');
    const bodies = (): Body[] => came().map(({ body }) => JSON.parse(body));
    return { ...made, came, bodies, events: () => bodies().map(({ event }) => event) };
  }
  const until = { timeout: 30_000, interval: 20 };
  const switchTo = (id: string, action: string): Promise<unknown> => shop.data(200, 'POST', `/api/v1/webhooks/${id}/${action}`);

  it('are all events of the catalogue, each signed in both ways, with the bytes that GET /events shows', async () => {
    const all = await register('all');
    const { id: customerId } = await shop.customer();
    const stocked = await shop.product();
    await shop.data(201, 'POST', '/api/v1/inventory', { sku: stocked.sku, quantity: 6, lowStockThreshold: 4 });
    const one = [{ productId: stocked.id, quantity: 1 }];
    const { id: orderId } = await shop.order(one, { customerId, paymentMethod: 'tok_visa' });
    await shop.data(200, 'PUT', `/api/v1/orders/${orderId}`, { notes: 'Ring twice.' });
    await shop.data(200, 'DELETE', `/api/v1/orders/${orderId}`);
    const refused = await shop.call('POST', '/api/v1/orders', { customerId, items: one, paymentMethod: 'tok_declined' });
    expect(refused.status).toBe(402);
    // Two below and above the threshold again: one crossing for the first two, one for the last.
    for (const quantity of [4, 3, 9, 2]) await shop.data(200, 'PUT', `/api/v1/inventory/${stocked.sku}`, { quantity });
    await expect.poll(() => new Set(all.events()), until).toEqual(new Set(EVENT_CATALOGUE.keys()));
    await expect.poll(() => all.events().filter((event) => event === 'inventory.low'), until).toHaveLength(2);
    const ofOrder = all.bodies().filter(({ data }) => data.id === orderId);
    expect(ofOrder.map(({ event }) => event)).toEqual(['order.created', expect.any(String), expect.any(String)].slice(0, ofOrder.length));
    expect(ofOrder.at(-1)?.event).toBe('order.cancelled');
    for (const { headers, body } of all.came()) {
      const { id, event } = JSON.parse(body) as Body;
      expect(new Webhook(all.secret).verify(body, headers as Record<string, string>)).toMatchObject({ id });
      expect(headers['x-webhook-signature']).toBe(`sha256=${createHmac('sha256', all.secret).update(body).digest('hex')}`);
      expect(headers).toMatchObject({ 'webhook-id': id, 'x-webhook-id': id, 'x-webhook-event': event, 'x-webhook-attempt': '1' });
      expect(JSON.stringify(await shop.data(200, 'GET', `/api/v1/events/${id}`))).toBe(body);
    }
    await switchTo(all.id, 'disable');
  });

  it('are those that the filter lets through', async () => {
    const { id: customerId } = await shop.customer();
    const filtered = await register('filtered', { events: ['order.created'], filter: { customerId: [customerId] } });
    const { id: productId } = await shop.stocked(9);
    const items = [{ productId, quantity: 1 }];
    await shop.order(items);
    const wanted = await shop.order(items, { customerId });
    await expect.poll(() => filtered.bodies().map(({ data }) => data.id), until).toEqual([wanted.id]);
    await switchTo(filtered.id, 'disable');
    // Whom one event went to is asked of the event, and still known when a webhook is gone.
    const deliveries = `/api/v1/events/${filtered.bodies()[0]?.id}/deliveries`;
    const succeeded = (): Promise<unknown[]> => shop.data(200, 'GET', `${deliveries}?status=succeeded&fields=webhookId,event`);
    const mine = { webhookId: filtered.id, event: 'order.created' };
    await expect.poll(succeeded, until).toContainEqual(mine);
    expect((await shop.call('DELETE', `/api/v1/webhooks/${filtered.id}`)).status).toBe(204);
    expect(await succeeded()).toContainEqual(mine);
    const stranger = await openShop(stack);
    expect((await stranger.call('GET', deliveries)).status).toBe(404);
  });

  it('are held in a pause, drained in order on resume, and sent again by a replay', async () => {
    const { id: productId } = await shop.stocked(9);
    await shop.order([{ productId, quantity: 1 }]);
    const told = (): Promise<unknown[]> => shop.data(200, 'GET', '/api/v1/events?event=order.created');
    await expect.poll(async () => (await told()).length, until).toBe(1);
    const paused = await register('paused', { events: ['order.created', 'order.updated', 'order.cancelled'] });
    await switchTo(paused.id, 'pause');
    const { id } = await shop.order([{ productId, quantity: 1 }]);
    await shop.data(200, 'PATCH', `/api/v1/orders/${id}/status`, { status: 'confirmed' });
    await shop.data(200, 'DELETE', `/api/v1/orders/${id}`);
    const deliveries = `/api/v1/webhooks/${paused.id}/deliveries`;
    await expect.poll(async () => (await shop.data<unknown[]>(200, 'GET', `${deliveries}?status=pending`)).length, until).toBe(3);
    expect(paused.came()).toEqual([]);
    await switchTo(paused.id, 'resume');
    const inOrder = ['order.created', 'order.updated', 'order.cancelled'];
    await expect.poll(paused.events, until).toEqual(inOrder);
    await expect.poll(async () => (await shop.data<unknown[]>(200, 'GET', `${deliveries}?status=succeeded`)).length, until).toBe(3);
    const replay = { what: 'all', since: '2026-01-01T00:00:00Z', events: inOrder };
    await shop.data(201, 'POST', `/api/v1/webhooks/${paused.id}/replays`, replay);
    // The one that came before the endpoint did is missing, and is sent too.
    await expect.poll(() => new Set(paused.came().map(({ headers }) => headers['webhook-id'])).size, until).toBeGreaterThan(3);
    const ofOrder = paused.bodies().filter(({ data }) => data.id === id);
    await expect.poll(() => paused.bodies().filter(({ data }) => data.id === id).length, until).toBe(6);
    expect(new Set(ofOrder.map(({ id: eventId }) => eventId)).size).toBe(3);
    await switchTo(paused.id, 'disable');
  });

  it('that are answered 410 end: the endpoint says so, its owners get a letter, and dead deliveries are sent again in bulk', async () => {
    const gone = await register('gone', { events: ['customer.created'] });
    const client = new pg.Client({ connectionString: stack.databaseUrl });
    await client.connect();
    const owner = `owner-${topology}@example.com`;
    await client.query(
      `with person as (insert into access.person (id, email, name, email_verified, created_at, updated_at)
         values ($1, $2, 'Ada', true, now(), now()) returning id)
       insert into access.member (id, account_id, email, role, person_id, created_at) select $3, $4, $2, 'owner', id, now() from person`,
      [`person_${topology}`, owner, `member_${topology}`, shop.key.accountId],
    );
    await client.end();
    sink.status = 410;
    await shop.customer();
    const read = () => shop.data<Record<string, unknown>>(200, 'GET', `/api/v1/webhooks/${gone.id}`);
    await expect.poll(async () => (await read()).status, until).toBe('disabled');
    sink.status = 200;
    expect(await read()).toMatchObject({ disabledReason: 'gone', disabledAt: expect.stringMatching(/^20\d\d-.*Z$/) });
    await expect.poll(async () => (await lettersTo(stack.mailFolder, owner))[0]?.text, until).toContain(gone.id);
    const dead = `/api/v1/webhooks/${gone.id}/deliveries?status=dead`;
    expect(await shop.data(200, 'GET', dead)).toMatchObject([{ event: 'customer.created', lastResponseStatus: 410 }]);
    await switchTo(gone.id, 'enable');
    expect(await read()).toMatchObject({ status: 'active', disabledReason: null, disabledAt: null });
    const failed = { what: 'failed', since: '2026-01-01T00:00:00Z' };
    expect(await shop.data(201, 'POST', `/api/v1/webhooks/${gone.id}/replays`, failed)).toMatchObject({ total: 1 });
    await expect.poll(async () => (await shop.data<unknown[]>(200, 'GET', dead)).length, until).toBe(0);
    await expect.poll(() => gone.came().length, until).toBe(2);
  });
});
