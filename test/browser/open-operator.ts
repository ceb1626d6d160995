// Operators in a browser.
import type { OperatorRole } from '@portico/admin-server/people/person.entity';
import type { Browser } from 'playwright-core';
import type { Stack } from '../stack/start-stack.ts';
import { openVisitor, PASSWORD, signIn, type Visitor } from './open-people.ts';

/** Comes in with the one-time password that is handed over, and chooses another. */
export async function openOperator(
  stack: Stack,
  browser: Browser,
  { email, role }: { email: string; role: OperatorRole },
  options: Parameters<typeof openVisitor>[1] = {},
): Promise<Visitor> {
  const { password } = await stack.admin.operators.create({ email, role });
  const visitor = await openVisitor(browser, options);
  const { page } = visitor;
  await page.goto(`${stack.internalUrl}/console/`);
  await signIn(page, email, password);
  await page.getByRole('heading', { name: 'Choose a password of your own' }).waitFor();
  await page.getByLabel(/^One-time password/).fill(password ?? '');
  await page.getByLabel(/^New password/).fill(PASSWORD);
  await page.getByRole('button', { name: 'Use this password' }).click();
  await page.getByRole('heading', { name: 'Accounts', level: 1 }).waitFor();
  return visitor;
}
