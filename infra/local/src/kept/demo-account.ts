// The account that a first start makes, so that there is something to look at and a key to look with.
import { join } from 'node:path';
import type { Admin } from '@portico/admin-server/server';
import { z } from 'zod';
import { hasCode } from '../read-error.ts';
import { readPrivateFile, writePrivateFile } from './private-file.ts';

export const DEMO_SLUG = 'demo';
export const DEMO_MODE = 'test';

const demoKey = z.object({ id: z.string(), key: z.string(), secret: z.string() });
export type DemoKey = z.infer<typeof demoKey>;

/** Finds an account by slug or id; makes the demo account when that is asked for and missing. NOT_FOUND for any other. */
export async function findOrCreateAccount(admin: Admin, slugOrId: string): Promise<{ id: string; created: boolean }> {
  try {
    const { id } = await admin.accounts.find(slugOrId);
    return { id, created: false };
  } catch (error) {
    if (slugOrId !== DEMO_SLUG || !hasCode(error, 'NOT_FOUND')) throw error;
  }
  try {
    const { id } = await admin.accounts.create({ slug: DEMO_SLUG, name: 'Demo' });
    return { id, created: true };
  } catch (error) {
    // Another process that starts on the same database was first.
    if (!hasCode(error, 'CONFLICT')) throw error;
    return { id: (await admin.accounts.find(DEMO_SLUG)).id, created: false };
  }
}

/** The test-mode key that the start prints. The platform itself forgets a key's text, so the checkout keeps it; another is made once it is not active any more. */
export async function ensureDemoKey(admin: Admin, accountId: string, dataDir: string): Promise<DemoKey> {
  const kept = readDemoKey(dataDir);
  const keys = kept === undefined ? [] : await admin.apiKeys.list(accountId);
  if (kept !== undefined && keys.some(({ id, status }) => id === kept.id && status === 'active')) return kept;
  const { id, key, secret } = await admin.apiKeys.create(accountId, { name: 'Demo key', mode: DEMO_MODE, scopes: ['read', 'write'] });
  writePrivateFile(demoKeyFile(dataDir), { id, key, secret });
  return { id, key, secret };
}

export function readDemoKey(dataDir: string): DemoKey | undefined {
  return readPrivateFile(demoKeyFile(dataDir), demoKey);
}

function demoKeyFile(dataDir: string): string {
  return join(dataDir, 'demo-key.json');
}
