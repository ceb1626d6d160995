import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, startStack } from '../stack/start-stack.ts';
import { chromiumPath, openChromium } from './open-chromium.ts';
import { openOperator } from './open-operator.ts';
import { openVisitor, signUp } from './open-people.ts';

describe.skipIf(chromiumPath === undefined)('the work of operators, in a browser', () => {
  let stack: Stack;
  let browser: Browser;
  beforeAll(async () => {
    stack = await startStack({ topology: 'all-in-one', pages: true });
    browser = await openChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await stack?.[Symbol.asyncDispose]();
  });

  it('begins with the ticket that waits longest; an answer takes it off the queue, and a closed one is answered no more', async () => {
    const { page: developer } = await openVisitor(browser);
    await signUp(stack, { page: developer }, { name: 'Ada', email: 'ada@example.com' });
    await developer.getByRole('button', { name: 'You: Ada' }).waitFor();
    const { id: accountId } = await asDeveloper<{ id: string }>(developer, 'accounts.create', { slug: 'ada', name: 'Ada' });
    const open = (subject: string) => asDeveloper<{ id: string }>(developer, 'tickets.open', { accountId, subject, body: 'How?' });
    const { id: first } = await open('Asked first');
    await open('Asked second');
    await asDeveloper(developer, 'tickets.reply', { accountId, id: first, body: 'Anybody?' });

    const { page, complaints } = await openOperator(stack, browser, { email: 'support@example.com', role: 'support' });
    await page.getByRole('link', { name: 'Tickets' }).click();
    const subjects = () =>
      page
        .getByRole('main')
        .getByRole('link', { name: /^Asked/ })
        .allTextContents();
    await expect.poll(subjects).toEqual(['Asked second', 'Asked first']);
    await page.getByRole('link', { name: 'Asked second' }).click();
    await page.getByLabel('Your words').fill('So.\nThen so.');
    await page.getByRole('button', { name: 'Send the answer' }).click();
    await page.getByText('(Portico)').waitFor();
    await page.getByRole('navigation').getByRole('link', { name: 'Tickets' }).click();
    await expect.poll(subjects).toEqual(['Asked first']);
    await page.getByRole('link', { name: 'Asked first' }).click();
    await page.getByRole('button', { name: 'Close the ticket' }).click();
    await page.getByRole('button', { name: 'Close it' }).click();
    await page.getByText('The ticket is closed.').waitFor();
    expect(await page.getByLabel('Your words').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('ends what a signing key has signed only after its id was typed', async () => {
    const service = { account: 'ada', mode: 'test', subject: 'service:browser', permissions: ['graph:read'] } as const;
    const { token } = await stack.admin.serviceTokens.issue({ ...service, permissions: [...service.permissions] });
    const ask = async () => {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
      const body = JSON.stringify({ query: '{ products(page: { size: 1 }) { total } }' });
      return (await fetch(`${stack.internalUrl}/graphql`, { method: 'POST', headers, body })).status;
    };
    expect(await ask()).toBe(200);
    const { page, complaints } = await openOperator(stack, browser, { email: 'root@example.com', role: 'admin' });
    await page.getByRole('link', { name: 'Signing keys' }).click();
    await page.getByRole('button', { name: 'Rotate' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Rotate' }).click();
    const rows = page.getByRole('table').getByRole('row');
    await expect
      .poll(() => rows.allTextContents())
      .toEqual([expect.any(String), expect.stringContaining('signs now'), expect.stringContaining('published')]);
    expect(await ask()).toBe(200);
    const old = rows.nth(2);
    const id = (await old.locator('code').textContent()) ?? '';
    await old.getByRole('button', { name: 'Withdraw' }).click();
    const withdraw = page.getByRole('dialog').getByRole('button', { name: 'Withdraw the key' });
    expect(await withdraw.isDisabled()).toBe(true);
    await page.getByLabel(`Type ${id} to go on`).fill(id);
    await withdraw.click();
    await expect.poll(() => old.textContent()).toContain('ended');
    await expect.poll(ask).toBe(401);
    expect(complaints).toEqual([]);
  });
});

/** Calls a procedure with the cookies of whoever is signed in on the page. */
function asDeveloper<Answer>(page: Page, procedure: string, input: object): Promise<Answer> {
  return page.evaluate(
    async ([path, body]) => {
      const response = await fetch(`/portal/api/trpc/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      return (await response.json()).result.data;
    },
    [procedure, JSON.stringify(input)] as const,
  );
}
