// People in a real browser: what they do on the pages, and everything that a page should not have said.
import { lettersTo } from '@portico/admin-server/testing/browser';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { vi } from 'vitest';
import type { Stack } from '../stack/start-stack.ts';

export const PASSWORD = 'correct horse battery staple';

const LETTER_COMES = { timeout: 20_000 };

export type Visitor = {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of scripts, refusals of the content security policy, and what the console was told of besides. */
  readonly complaints: string[];
};

export async function openVisitor(browser: Browser, options: Parameters<Browser['newContext']>[0] = {}): Promise<Visitor> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return { page, context, complaints };
}

/** The link in the latest letter, on the listener of this stack: the addresses of the settings are nobody's. */
export async function linkTo(stack: Pick<Stack, 'mailFolder'>, origin: string, email: string, path: string): Promise<string> {
  const link = await vi.waitFor(async () => {
    const urls = (await lettersTo(stack.mailFolder, email)).flatMap(({ text }) => text.match(/https?:\/\/\S+/g) ?? []);
    const found = urls.findLast((url) => url.includes(path));
    if (found === undefined) throw new Error(`There is no letter to ${email} with a link to ${path} yet.`);
    return found;
  }, LETTER_COMES);
  const { pathname, search } = new URL(link);
  return `${origin}${pathname}${search}`;
}

/** Signs up on the pages, confirms the address by the letter, and signs in. */
export async function signUp(
  stack: Stack,
  { page }: Pick<Visitor, 'page'>,
  { name, email }: { name: string; email: string },
): Promise<void> {
  await page.goto(`${stack.url}/portal/sign-up`);
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel(/^Password/).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign up' }).click();
  await page.getByRole('heading', { name: 'Look into your mail' }).waitFor();
  await page.goto(await linkTo(stack, stack.url, email, '/confirm-address'));
  await page.getByRole('link', { name: 'Sign in' }).click();
  await signIn(page, email);
}

/** On the page of sign-in, or on a dialog of it. */
export async function signIn(page: Page, email: string, password = PASSWORD): Promise<void> {
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel(/^Password/).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}
