// Every operation of the OpenAPI document, asked with the document's own bodies: what is answered is what the document says, and nothing else.

import { VERSIONS } from '@portico/mesh/contracts/versions';
import { openEventBus } from '@portico/service-kit/bus/open-event-bus';
import { silentLogger } from '@portico/service-kit/testing';
import { expect, it } from 'vitest';
import { readDocument, undocumented } from '../stack/documented.ts';
import { type Reply, type RequestOptions, send, signingTimes } from '../stack/send.ts';
import { openShop } from '../stack/shop.ts';
import { startSink } from '../stack/sink.ts';
import { startStack } from '../stack/start-stack.ts';

type Asked = RequestOptions & { with?: object; of?: Readonly<Record<string, string>>; query?: string; lacks?: readonly string[] };
type Shown = { id: string; sku: string; eventId: string };

const STALE = { 'if-match': '"99-0123456789abcdefghijkl"' };
const NOWHERE = {
  orderId: 'x',
  productId: 'x',
  customerId: 'x',
  sku: 'x',
  webhookId: 'x',
  paymentId: 'x',
  eventId: 'x',
  deliveryId: 'x',
  replayId: 'x',
};

it.each(VERSIONS)(
  'the OpenAPI document of version $version says what every operation answers',
  async ({ version, prefix, conventions: { name } }) => {
    await using stack = await startStack({
      topology: 'all-in-one',
      openBus: (databaseUrl) => openEventBus({ databaseUrl, logger: silentLogger }),
    });
    await using sink = await startSink();
    const shop = await openShop(stack);
    const document = await readDocument(stack.url, { prefix });
    const ids: Record<string, string> = {};
    const wrong: string[] = [];
    const asked = new Set<string>();
    const nextTime = signingTimes();

    /** As the version says it: operations, ids and bodies below are in the words of the declarations. */
    const say = (path: string): string => path.replaceAll(/\{(\w+)\}/g, (_, parameter) => `{${name(parameter)}}`);
    const sayBody = (given: unknown): unknown =>
      Array.isArray(given)
        ? given.map(sayBody)
        : typeof given === 'object' && given !== null
          ? Object.fromEntries(Object.entries(given).map(([key, value]) => [name(key), sayBody(value)]))
          : given;

    /** Asks an operation (`POST /orders`) and holds the answer against the document. The body is the document's example with what is given. */
    async function ask(
      status: number,
      operation: string,
      { with: given, of = ids, query = '', lacks = [], ...options }: Asked = {},
    ): Promise<Reply> {
      const [method = '', declared = ''] = operation.split(' ');
      const path = say(declared);
      const values = new Map(Object.entries(of).map(([parameter, value]) => [name(parameter), value]));
      const example = document.paths[path]?.[method.toLowerCase()]?.requestBody?.content['application/json'].example;
      const target = `${prefix}${path.replaceAll(/\{(\w+)\}/g, (_, parameter) => encodeURIComponent(values.get(parameter) ?? ''))}${query}`;
      const body = example === undefined ? undefined : { ...example, ...(sayBody(given ?? {}) as object) };
      const when = method === 'GET' ? {} : { nowMs: nextTime() };
      const reply = await send(stack, method, target, { key: shop.key, body, ...when, ...options });
      expect([operation, reply.status, reply.text]).toEqual([operation, status, expect.anything()]);
      expect(reply.headers.get('x-api-version')).toBe(version);
      asked.add(`${method} ${path}`);
      const problems = undocumented(document, method, path, reply).filter((problem) => !lacks.includes(problem));
      wrong.push(...problems.map((problem) => `${operation} answers ${status} with ${problem}`));
      return reply;
    }
    /** A resource begins with its id. */
    const seen = (data: Readonly<Record<string, string>>): Shown => ({
      id: String(Object.values(data)[0]),
      sku: String(data.sku),
      eventId: String(data[name('eventId')]),
    });
    const shown = ({ body }: Reply): Shown => seen((body as { data: Record<string, string> }).data);
    /** Twice under one idempotency key: the second answer is documented too. */
    async function askTwice(status: number, operation: string, given: Asked = {}): Promise<Reply> {
      const headers = { 'idempotency-key': operation.replaceAll(' ', '') };
      const first = await ask(status, operation, { ...given, headers });
      expect((await ask(200, operation, { ...given, headers })).headers.get('idempotent-replayed')).toBe('true');
      return first;
    }

    async function change(): Promise<void> {
      ids.customerId = shown(await askTwice(201, 'POST /customers')).id;
      ids.productId = shown(await askTwice(201, 'POST /products')).id;
      ids.sku = shown(await askTwice(201, 'POST /inventory')).sku;
      for (const path of ['/customers', '/products', '/inventory']) await ask(409, `POST ${path}`);
      const order = { customerId: ids.customerId, items: [{ productId: ids.productId, quantity: 2 }] };
      ids.orderId = shown(await askTwice(201, 'POST /orders', { with: order })).id;
      await ask(409, 'POST /orders', { with: { ...order, notes: 'another' }, headers: { 'idempotency-key': 'POST/orders' } });
      await ask(402, 'POST /orders', { with: { ...order, paymentMethod: 'tok_declined' } });
      await ask(409, 'POST /orders', { with: { ...order, items: [{ productId: ids.productId, quantity: 900 }] } });
      await ask(400, 'POST /orders', { with: { ...order, customerId: 'x' } });
      const unpaid = { ...ids, orderId: shown(await ask(201, 'POST /orders', { with: { ...order, paymentMethod: null } })).id };
      await ask(402, 'POST /orders/{orderId}/payments', { of: unpaid, with: { paymentMethod: 'tok_declined' } });
      ids.paymentId = shown(await askTwice(201, 'POST /orders/{orderId}/payments', { of: unpaid })).id;
      await ask(409, 'POST /orders/{orderId}/payments', { of: unpaid });
      for (const path of ['/orders/{orderId}', '/products/{productId}', '/customers/{customerId}', '/inventory/{sku}']) {
        await ask(200, `PUT ${path}`);
        await ask(412, `PUT ${path}`, { headers: STALE });
        await ask(404, `PUT ${path}`, { of: NOWHERE });
        await ask(400, `PUT ${path}`, { with: { nope: 1 } });
      }
      await askTwice(200, 'PATCH /orders/{orderId}/status', { with: { status: 'processing' } });
      await ask(409, 'PATCH /orders/{orderId}/status', { with: { status: 'pending' } });
      const { id: reservationId } = shown(await askTwice(200, 'PATCH /inventory/{sku}/reserve'));
      await ask(409, 'PATCH /inventory/{sku}/reserve', { with: { quantity: 9_999 } });
      await askTwice(200, 'PATCH /inventory/{sku}/release', { with: { reservationId } });
      await ask(404, 'PATCH /inventory/{sku}/release');
    }

    async function tellWebhooks(): Promise<void> {
      const hook = '/webhooks/{webhookId}';
      const url = { url: sink.url, events: ['*'] };
      ids.webhookId = shown(await ask(201, 'POST /webhooks', { with: url })).id;
      await ask(400, 'POST /webhooks', { with: { url: 'https://10.0.0.1/' } });
      await ask(200, `PUT ${hook}`, { with: url });
      await ask(412, `PUT ${hook}`, { with: url, headers: STALE });
      for (const action of ['test', 'pause', 'resume', 'disable', 'enable']) {
        await askTwice(200, `POST ${hook}/${action}`);
        await ask(404, `POST ${hook}/${action}`, { of: NOWHERE });
      }
      await ask(200, `POST ${hook}/rotate-secret`);
      await askTwice(200, `POST ${hook}/rotate-secret/complete`);
      await ask(200, 'POST /webhooks/verify-signature');
      const customer = { email: 'grace@example.com' };
      await ask(201, 'POST /customers', { with: customer });
      const deliveries = async (): Promise<Shown[]> =>
        ((await ask(200, `GET ${hook}/deliveries`, { query: '?status=succeeded' })).body as { data: Record<string, string>[] }).data.map(
          seen,
        );
      await expect.poll(async () => (await deliveries()).length, { timeout: 30_000 }).toBeGreaterThan(0);
      const [delivery] = await deliveries();
      Object.assign(ids, { deliveryId: delivery?.id, eventId: delivery?.eventId });
      await askTwice(200, 'POST /deliveries/{deliveryId}/replay');
      const since = new Date(Date.now() - 86_400_000).toISOString();
      await ask(200, `POST ${hook}/replays`, { with: { what: 'all', since, dryRun: true }, lacks: ['no etag', 'no location'] });
      ids.replayId = shown(await askTwice(201, `POST ${hook}/replays`, { with: { what: 'all', since, perSecond: 1 } })).id;
      await askTwice(200, 'POST /replays/{replayId}/cancel');
    }

    async function read(): Promise<void> {
      for (const [path, item] of Object.entries(document.paths)) {
        if (item.get === undefined || item.servers !== undefined) continue;
        const operation = `GET ${path}`;
        const query = path === '/search' ? '?q=mug' : '';
        for (let time = 0; time < 2; time += 1) await ask(200, operation, { query });
        await ask(304, operation, { query, headers: { 'if-none-match': '*' } });
        await ask(400, operation, { query: '?nope=1' });
        await ask(401, operation, { query, headers: { 'x-api-signature': 'v2=0' } });
        const narrow = await stack.key({ scopes: [path.startsWith('/orders') ? 'inventory:read' : 'orders:read'] });
        if (path !== '/search') await ask(403, operation, { query, key: narrow });
        if (path.includes('{')) await ask(404, operation, { of: NOWHERE });
      }
    }

    async function remove(): Promise<void> {
      for (const [path, status] of [
        ['/orders/{orderId}', 200],
        ['/customers/{customerId}', 204],
        ['/products/{productId}', 204],
        ['/webhooks/{webhookId}', 204],
      ] as const) {
        await ask(412, `DELETE ${path}`, { headers: STALE });
        await ask(404, `DELETE ${path}`, { of: NOWHERE });
        await ask(status, `DELETE ${path}`);
      }
    }

    for (const part of [change, tellWebhooks, read, remove]) await part();
    expect(wrong).toEqual([]);
    const documented = Object.entries(document.paths).flatMap(([path, { servers, parameters: _, ...operations }]) =>
      servers === undefined ? Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`) : [],
    );
    expect(documented.filter((operation) => !asked.has(operation))).toEqual([]);
  },
);
