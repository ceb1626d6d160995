import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, startStack } from '../stack/start-stack.ts';
import { chromiumPath, openChromium } from './open-chromium.ts';
import { openVisitor, signUp } from './open-people.ts';

describe.skipIf(chromiumPath === undefined)('signing in to the portal, in a browser', () => {
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

  it('takes a sign-up, the link of a letter, and leads back to the page that was asked for', async () => {
    const visitor = await openVisitor(browser);
    await signUp(stack, visitor, { name: 'Ada', email: 'ada@example.com' });
    await visitor.page.getByRole('button', { name: 'You: Ada' }).waitFor();
    await visitor.page.goto(`${stack.url}/portal/profile`);
    await visitor.page.getByRole('heading', { name: 'Profile and security' }).waitFor();
    expect(visitor.complaints).toEqual([]);
  });
});
