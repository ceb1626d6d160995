// What operators read: every process shows its own programs, and together they show the same in either topology.
import { openEventBus } from '@portico/service-kit/bus/open-event-bus';
import { silentLogger } from '@portico/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openShop } from '../../stack/shop.ts';
import { startSink } from '../../stack/sink.ts';
import { type Stack, startStack, TOPOLOGIES } from '../../stack/start-stack.ts';

const SERIES = [
  /^portico_webhook_attempts_total\{outcome="succeeded"\} [1-9]/m,
  /^portico_webhook_first_attempt_lag_seconds_count [1-9]/m,
  /^portico_webhook_dead 0/m,
  /^portico_outbox_unpublished\{subgraph="orders"\} \d/m,
  /^portico_outbox_unconfirmed\{subgraph="payments"\} \d/m,
  /^portico_task_work_total\{subgraph="orders",task="settle-left-tasks"\} \d/m,
  /^portico_sql_statements_total\{program="webhooks"\} [1-9]/m,
  /^integration_attempts_total\{provider="sandbox",.*outcome="ok"\} [1-9]/m,
  /^portico_http_request_duration_seconds_count\{route="createOrder".*\} [1-9]/m,
];

describe.each(TOPOLOGIES)('metrics, %s', (topology) => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({ topology, openBus: (databaseUrl) => openEventBus({ databaseUrl, logger: silentLogger }) });
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  const shown = async (): Promise<string> =>
    (await Promise.all(stack.metricsUrls.map(async (url) => (await fetch(url)).text()))).join('\n');

  it('show outboxes, deliveries, background tasks, calls to providers and the process itself', async () => {
    expect(stack.metricsUrls).toHaveLength(topology === 'distributed' ? 7 : 1);
    await using sink = await startSink();
    const shop = await openShop(stack);
    await shop.data(201, 'POST', '/api/v1/webhooks', { url: sink.url, events: ['order.created'] });
    const { id: productId } = await shop.stocked(5);
    await shop.order([{ productId, quantity: 1 }], { paymentMethod: 'tok_visa' });
    // Some are measured every 15 seconds.
    for (const series of SERIES) await expect.poll(shown, { timeout: 40_000, interval: 200 }).toMatch(series);
    const text = await shown();
    expect(text.match(/^process_cpu_seconds_total /gm)).toHaveLength(stack.metricsUrls.length);
    // Of the relay only its own process tells.
    expect(text.match(/^portico_webhook_pending /gm)).toHaveLength(1);
    expect(text).not.toContain(shop.key.accountId);
  });
});
