// A developer on the portal, from the first page to the first event: each step is one that the requirements name.
import { openEventBus } from '@portico/service-kit/bus/open-event-bus';
import { silentLogger } from '@portico/service-kit/testing';
import pg from 'pg';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send } from '../stack/send.ts';
import { type Sink, startSink } from '../stack/sink.ts';
import { type Stack, startStack } from '../stack/start-stack.ts';
import { chromiumPath, openChromium } from './open-chromium.ts';
import { linkTo, openVisitor, PASSWORD, signIn, signUp, type Visitor } from './open-people.ts';

describe.skipIf(chromiumPath === undefined)('the developer portal, in a browser', () => {
  let stack: Stack;
  let browser: Browser;
  let sink: Sink;
  let ada: Visitor;
  /** Path of the account's first page. */
  let home: string;
  let key: { key: string; secret: string };
  beforeAll(async () => {
    stack = await startStack({
      topology: 'all-in-one',
      pages: true,
      openBus: (databaseUrl) => openEventBus({ databaseUrl, logger: silentLogger }),
    });
    [browser, sink] = await Promise.all([openChromium(), startSink()]);
    ada = await openVisitor(browser);
    await signUp(stack, ada, { name: 'Ada', email: 'ada@example.com' });
    home = await createAccount(ada.page, 'Analytical Engines');
  });
  afterAll(async () => {
    await browser?.close();
    await sink?.[Symbol.asyncDispose]();
    await stack?.[Symbol.asyncDispose]();
  });
  const open = (page: Page, path: string) => page.goto(`${stack.url}${home}${path}?mode=test`);

  it('gives a key whose secret is shown once and signs a request, which appears in the log', async () => {
    const { page } = ada;
    await open(page, '/keys');
    await page.getByRole('button', { name: 'Create a key' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('first');
    await dialog.getByLabel('Change everything').check();
    await dialog.getByRole('button', { name: 'Create the key' }).click();
    const shown = (name: string) => dialog.getByRole('textbox', { name }).inputValue();
    key = { key: await shown('API key'), secret: await shown('Signing secret') };
    await page.keyboard.press('Escape');
    expect(await dialog.getByRole('button', { name: 'Done' }).isDisabled()).toBe(true);
    await keep(page);
    await page.reload();
    await page.getByRole('link', { name: 'first' }).waitFor();
    expect(await page.content()).not.toContain(key.secret);
    await open(page, '/requests');
    await page.getByText('There were no requests yet').waitFor();
    expect(await send(stack, 'GET', '/api/v1/orders', { key: key as never })).toMatchObject({ status: 200 });
    await page.getByRole('cell', { name: 'GET /api/v1/orders' }).waitFor();
  });

  it('registers a webhook that answers, shows what it was sent, and sends it again', async () => {
    const { page } = ada;
    await open(page, '/webhooks');
    await page.getByRole('button', { name: 'Register a webhook' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Address').fill('https://10.1.2.3/');
    await dialog.getByRole('combobox', { name: 'Events' }).click();
    await page.getByRole('option', { name: 'customer.created' }).click();
    await dialog.getByRole('combobox', { name: 'Events' }).press('Escape');
    await dialog.getByRole('button', { name: 'Register', exact: true }).click();
    await expect.poll(() => dialog.getByLabel('Address').getAttribute('aria-invalid')).toBe('true');
    await dialog.getByLabel('Address').fill(sink.url);
    await dialog.getByRole('button', { name: 'Register', exact: true }).click();
    await keep(page);
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    const body = { email: 'bob@example.com', name: 'Bob' };
    expect(await send(stack, 'POST', '/api/v1/customers', { key: key as never, body })).toMatchObject({ status: 201 });
    await page.getByRole('link', { name: 'What was sent to it' }).click();
    await page.getByRole('link', { name: 'customer.created' }).click();
    await page.getByRole('button', { name: /^Try 1/ }).waitFor();
    await page.getByText('x-webhook-signature').first().waitFor();
    await page.getByRole('button', { name: 'Send it again' }).click();
    await page.getByRole('button', { name: /^Try 2/ }).waitFor();
    expect(sink.received.filter(({ body: text }) => text.includes('customer.created'))).toHaveLength(2);
  });

  it('shows a viewer everything and offers nothing, and a stranger nothing at all', async () => {
    const { page } = ada;
    await open(page, '/members');
    await page.getByRole('button', { name: 'Invite somebody' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('E-mail address').fill('vera@example.com');
    await dialog.getByRole('combobox', { name: 'Role' }).click();
    await page.getByRole('option', { name: /^Viewer/ }).click();
    await dialog.getByRole('button', { name: 'Invite' }).click();
    await page.getByRole('cell', { name: 'vera@example.com', exact: true }).waitFor();
    const vera = await openVisitor(browser);
    await vera.page.goto(await linkTo(stack, stack.url, 'vera@example.com', '/accept-invitation'));
    await vera.page.getByRole('button', { name: 'Make a sign-in' }).click();
    await vera.page.getByLabel('Your name').fill('Vera');
    await vera.page.getByLabel(/^Password/).fill(PASSWORD);
    await vera.page.getByRole('button', { name: 'Sign up' }).click();
    await vera.page.goto(await linkTo(stack, stack.url, 'vera@example.com', '/confirm-address'));
    await vera.page.getByRole('link', { name: 'Sign in' }).click();
    await signIn(vera.page, 'vera@example.com');
    await vera.page.getByRole('button', { name: 'You: Vera' }).waitFor();
    for (const [path, button] of [
      ['/keys', 'Create a key'],
      ['/clients', 'Create a client'],
      ['/webhooks', 'Register a webhook'],
      ['/members', 'Invite somebody'],
      ['/tickets', 'Ask a question'],
    ] as const) {
      await vera.page.goto(`${stack.url}${home}${path}?mode=test`);
      await vera.page
        .getByRole('table')
        .or(vera.page.getByText(/^There are no/))
        .waitFor();
      expect({ path, buttons: await vera.page.getByRole('button', { name: button }).count() }).toEqual({ path, buttons: 0 });
    }
    const mallory = await openVisitor(browser);
    await signUp(stack, mallory, { name: 'Mallory', email: 'mallory@example.com' });
    await mallory.page.getByRole('heading', { name: 'Create an account' }).waitFor();
    await mallory.page.goto(`${stack.url}${home}/keys`);
    await mallory.page.getByRole('heading', { name: 'There is no such page' }).waitFor();
    expect([...vera.complaints, ...mallory.complaints]).toEqual([]);
  });

  it('keeps what was typed when a session ends, and goes on after another sign-in', async () => {
    const { page, context } = ada;
    await open(page, '/tickets');
    await page.getByRole('button', { name: 'Ask a question' }).click();
    await page.getByLabel('Subject').fill('Where is my order?');
    await page.getByRole('textbox', { name: 'Question' }).fill('It is not there.');
    await context.clearCookies();
    await page.getByRole('button', { name: 'Send' }).click();
    const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
    await dialog.getByLabel(/^Password/).fill(PASSWORD);
    await dialog.getByRole('button', { name: 'Sign in' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByRole('heading', { name: 'Where is my order?' }).waitFor();
  });

  it('draws what the account did, and says it in a table too', async () => {
    const client = new pg.Client({ connectionString: stack.databaseUrl });
    await client.connect();
    await client.query(
      `insert into access.usage_day select $1, current_date - n, 'test', 'key_x', 'listOrders', 40 + n, '{"NOT_FOUND": 7}', '{0,40,5}' from generate_series(1, 6) n`,
      [home.split('/').at(-1)],
    );
    await client.end();
    const { page, complaints } = await openVisitor(browser, { storageState: await ada.context.storageState() });
    await open(page, '');
    await expect.poll(() => page.locator('path.recharts-rectangle').count()).toBeGreaterThan(5);
    await page.getByRole('row', { name: /46 7$/ }).waitFor({ state: 'attached' });
    await page.getByRole('cell', { name: 'NOT_FOUND' }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('has pages that fit a wide screen and a narrow one, light and dark, and complain of nothing', async () => {
    const { page, complaints } = await openVisitor(browser, { storageState: await ada.context.storageState() });
    const paths = ['', '/keys', '/clients', '/webhooks', '/deliveries', '/requests', '/members', '/changes', '/tickets', '/settings'];
    for (const path of [...paths.map((one) => `${home}${one}?mode=test`), '/portal/profile', '/portal/new-account']) {
      await page.goto(`${stack.url}${path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await expect.poll(() => page.locator('[aria-busy="true"]').count()).toBe(0);
      for (const [width, colorScheme] of [
        [1440, 'light'],
        [390, 'dark'],
        [390, 'light'],
        [1440, 'dark'],
      ] as const) {
        await page.setViewportSize({ width, height: 844 });
        await page.emulateMedia({ colorScheme });
        await expect
          .poll(async () => ({ path, width: await page.evaluate<number>('document.documentElement.scrollWidth') }))
          .toEqual({ path, width });
        const you = await page.getByRole('button', { name: 'You: Ada' }).boundingBox();
        expect((you?.x ?? 0) + (you?.width ?? 0)).toBeLessThanOrEqual(width);
      }
    }
    expect(complaints).toEqual([]);
  });
});

/** From the page that whoever has no account yet comes to. Answers the path of the account's first page. */
async function createAccount(page: Page, name: string): Promise<string> {
  await page.getByRole('textbox', { name: /^Name/ }).fill(name);
  await page.getByLabel('Short name').focus();
  await page.getByRole('button', { name: 'Create the account' }).click();
  await page.getByRole('heading', { name: 'API keys' }).waitFor();
  return new URL(page.url()).pathname.replace(/\/keys$/, '');
}

/** Says of a secret that is shown once that it was stored. */
async function keep(page: Page): Promise<void> {
  await page.getByLabel('I have stored it').check();
  await page.getByRole('button', { name: 'Done' }).click();
}
