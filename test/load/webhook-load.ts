// Endpoints, and events for them: written into an outbox as a subgraph's transaction would, a batch at a time.

import type { OrderPayload } from '@portico/contracts/events/orders';
import { newId } from '@portico/contracts/ids';
import type { RunStatement } from '@portico/service-kit/reads/reads';
import { insertEndpoint } from '@portico/webhook-relay/testing/start-test-relay';

export type WebhookTenants = readonly string[];

const PUBLISH = `with added as (
    insert into webhooks.outbox (id, account_id, mode, type, payload_version, aggregate_id, payload, request_id, occurred_at)
    select e.id, e."accountId", 'test', 'order.created', 1, e."aggregateId", e.payload, e."requestId", $2
    from jsonb_to_recordset($1::jsonb) as e(id text, "accountId" text, "aggregateId" text, payload jsonb, "requestId" text) returning 1
  ) select pg_notify('outbox_webhooks', '') from (select from added limit 1) as any_added`;

/** Accounts, each with so many endpoints that take everything. Every endpoint has an address of its own. */
export async function openEndpoints(
  run: RunStatement,
  options: { receiver: string; path: string; tenants: number; perTenant: number; net: number },
): Promise<WebhookTenants> {
  const { receiver, path, tenants, perTenant, net } = options;
  const { port } = new URL(receiver);
  const accounts = Array.from({ length: tenants }, () => newId('account'));
  for (const [index, accountId] of accounts.flatMap((id) => Array.from({ length: perTenant }, () => id)).entries()) {
    const host = `127.${net}.${Math.floor(index / 250)}.${(index % 250) + 1}`;
    await insertEndpoint(run, `http://${host}:${port}/${path}`, { account_id: accountId });
  }
  return accounts;
}

/** One transaction with so many events, spread over the tenants. */
export async function publishOrders(run: RunStatement, tenants: WebhookTenants, count: number): Promise<void> {
  const events = Array.from({ length: count }, (_, i) => {
    const payload = orderPayload();
    return { id: newId('event'), accountId: tenants[i % tenants.length], aggregateId: payload.id, payload, requestId: newId('request') };
  });
  await run(PUBLISH, [JSON.stringify(events), new Date()]);
}

/** So many events a second, in batches of a hundredth of a second. */
export async function publishSteadily(
  run: RunStatement,
  tenants: WebhookTenants,
  given: { perSecond: number; seconds: number },
): Promise<void> {
  const [startedAt, total] = [performance.now(), given.perSecond * given.seconds];
  for (let made = 0; made < total; ) {
    const due = Math.min(total, Math.floor(((performance.now() - startedAt) * given.perSecond) / 1_000));
    // Tenants take turns over batches too.
    const turn = tenants.slice(made % tenants.length).concat(tenants.slice(0, made % tenants.length));
    if (due > made) await publishOrders(run, turn, due - made);
    made = Math.max(made, due);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** About half a kilobyte as JSON. */
export function orderPayload(): OrderPayload {
  const at = new Date().toISOString();
  const items = [1, 2, 3].map((n) => ({ productId: newId('product'), sku: `SKU-${n}`, quantity: n, unitPrice: 1_999 * n }));
  const about = { id: newId('order'), customerId: newId('customer'), status: 'confirmed', currency: 'USD' };
  return {
    ...about,
    total: items.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice, 0),
    items,
    createdAt: at,
    updatedAt: at,
  };
}
