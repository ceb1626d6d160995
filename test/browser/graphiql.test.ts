import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, startStack } from '../stack/start-stack.ts';
import { chromiumPath, openChromium } from './open-chromium.ts';

const QUERY = '{ products(page: { size: 1 }) { total } }';

describe.skipIf(chromiumPath === undefined)('GraphiQL, in a browser', () => {
  let stack: Stack;
  let browser: Browser;
  let token: string;
  beforeAll(async () => {
    stack = await startStack({ topology: 'all-in-one', env: { DEVELOPMENT: 'true' } });
    await stack.key({ account: 'team' });
    ({ token } = await stack.admin.serviceTokens.issue({
      account: 'team',
      mode: 'test',
      subject: 'service:browser',
      permissions: ['graph:read'],
    }));
    browser = await openChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await stack?.[Symbol.asyncDispose]();
  });

  it('asks the graph with the token that is typed in, and loads nothing from anywhere else', async () => {
    const page = await browser.newPage();
    const foreign: string[] = [];
    page.on('request', (request) => {
      if (!/^(?:blob|data):/.test(request.url()) && !request.url().startsWith(stack.internalUrl)) foreign.push(request.url());
    });
    await page.goto(`${stack.internalUrl}/graphql?query=${encodeURIComponent(QUERY)}`);
    expect(await page.title()).toBe('Portico');
    const answer = page.locator('.graphiql-response');
    const ask = page.getByRole('button', { name: /^Execute query/ });
    await ask.click();
    await expect.poll(() => answer.textContent()).toContain('AUTHENTICATION_ERROR');
    await page.getByRole('button', { name: 'Headers' }).click();
    await page.locator('.graphiql-editor-tool .graphiql-editor:not(.hidden)').click();
    await page.keyboard.insertText(JSON.stringify({ authorization: `Bearer ${token}` }));
    await ask.click();
    await expect.poll(() => answer.textContent()).toMatch(/"total":\s*0/);
    expect(foreign).toEqual([]);
  });

  it('is not there outside development', async () => {
    await using production = await startStack({ topology: 'all-in-one' });
    const response = await fetch(`${production.internalUrl}/graphql`, { headers: { accept: 'text/html' } });
    expect(response.status).toBe(401);
  });
});
