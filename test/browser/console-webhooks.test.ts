import { openEventBus } from '@portico/service-kit/bus/open-event-bus';
import { silentLogger } from '@portico/service-kit/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openShop, type Shop } from '../stack/shop.ts';
import { type Sink, startSink } from '../stack/sink.ts';
import { type Stack, startStack } from '../stack/start-stack.ts';
import { chromiumPath, openChromium } from './open-chromium.ts';
import { openOperator } from './open-operator.ts';

describe.skipIf(chromiumPath === undefined)('the webhooks of an account, in a browser', () => {
  let stack: Stack;
  let browser: Browser;
  let sink: Sink;
  let shop: Shop;
  beforeAll(async () => {
    stack = await startStack({
      topology: 'all-in-one',
      pages: true,
      openBus: (databaseUrl) => openEventBus({ databaseUrl, logger: silentLogger }),
    });
    browser = await openChromium();
    sink = await startSink();
    shop = await openShop(stack);
    await shop.data(201, 'POST', '/api/v1/webhooks', { url: `${sink.url}/partner`, events: ['customer.created'] });
    await shop.customer();
  });
  afterAll(async () => {
    await browser?.close();
    await sink?.[Symbol.asyncDispose]();
    await stack?.[Symbol.asyncDispose]();
  });

  const came = () => sink.received.filter(({ headers }) => headers['x-webhook-event'] === 'customer.created');

  it('show each attempt in full, and are sent again: one, or many by a job', async () => {
    await expect.poll(() => came().length, { timeout: 30_000 }).toBe(1);
    const { page, complaints } = await openOperator(stack, browser, { email: 'support@example.com', role: 'support' });
    await page.goto(`${stack.internalUrl}/console/accounts/${shop.key.accountId}/webhooks`);
    await page.getByText('The account has no endpoint in live mode.').waitFor();
    await page.getByText('test', { exact: true }).click();
    await page.getByRole('link', { name: /\/hooks\/partner$/ }).click();
    await page.getByRole('region', { name: 'Deliveries' }).getByRole('link', { name: 'customer.created' }).click();
    await page.getByText(/^Request to http/).click();
    await page.getByText('x-webhook-signature').waitFor();
    await page.getByRole('button', { name: 'Send again' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Send again' }).click();
    await expect.poll(() => came().length, { timeout: 30_000 }).toBe(2);
    expect(came()[1]?.headers['webhook-id']).toBe(came()[0]?.headers['webhook-id']);

    await page.getByRole('link', { name: '← The endpoint and its deliveries' }).click();
    await page.getByRole('button', { name: 'New replay' }).click();
    await page.getByRole('combobox', { name: 'What is sent again' }).click();
    await page.getByRole('option', { name: 'everything' }).click();
    await page.getByRole('button', { name: 'Count' }).click();
    await page.getByRole('button', { name: 'Send 1 event again' }).click();
    await page.getByRole('region', { name: 'Replays' }).getByText('completed').waitFor();
    await expect.poll(() => came().length, { timeout: 30_000 }).toBe(3);

    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Pause it' }).click();
    await page.getByRole('button', { name: 'Resume' }).waitFor();
    expect(complaints).toEqual([]);
  });
});
