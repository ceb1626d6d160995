// For tests: both sides on free ports over a database of their own, people with browsers, and the letters they got.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TellOwners } from '@portico/contracts/webhook-notice';
import type { GraphClient } from '@portico/service-kit/graph/graph';
import { listen } from '@portico/service-kit/http/http-listener';
import { createTestDatabase, silentLogger, TEST_SECRET_KEYS, unreachableGraph } from '@portico/service-kit/testing';
import { expect, vi } from 'vitest';
import { recordAdminAction } from '../admin-log/record-admin-action.ts';
import { createDeveloperClient, createOperatorClient, type DeveloperClient, type OperatorClient } from '../client.ts';
import type { Letter } from '../mail/mailer.ts';
import type { OperatorRole } from '../people/person.entity.ts';
import { type Admin, start } from '../server.ts';
import { SIDES, type Side } from '../sides.ts';
import type { RecordAction } from '../trpc/changing.ts';
import { type Browser, lettersTo, openBrowser } from './browser.ts';

export const PASSWORD = 'correct horse battery staple';
/** For `vi.waitFor`, whose own patience is a second. */
export const LETTER_COMES = { timeout: 20_000 };

export type Recorded = Parameters<RecordAction>[2] & { actor: string };

export type TestSides = AsyncDisposable & {
  readonly admin: Admin;
  readonly databaseUrl: string;
  readonly urls: Readonly<Record<Side, string>>;
  readonly recorded: Recorded[];
  readonly tellOwners: TellOwners;
  browser(): Browser;
  letters(to: string): Promise<Letter[]>;
  /** Somebody who signed up, confirmed the address and signed in. */
  developer(email: string): Promise<Browser & { client: DeveloperClient }>;
  /** An operator who has chosen a password and signed in. */
  operator(email: string, role: OperatorRole): Promise<Browser & { client: OperatorClient }>;
  /** Signs up and confirms the address. */
  signUp(email: string, more?: object): Promise<void>;
};

type Given = { triesPerMinute?: number; trustedProxies?: readonly string[]; graph?: GraphClient };

export async function openTestSides(given: Given = {}): Promise<TestSides> {
  const { triesPerMinute = 1_000, trustedProxies = [], graph = unreachableGraph } = given;
  await using opened = new AsyncDisposableStack();
  const databaseUrl = opened.use(await createTestDatabase()).url;
  const recorded: Recorded[] = [];
  const recordAction: RecordAction = (em, by, change) => {
    recorded.push({ ...change, actor: by.actor });
    recordAdminAction(em, by, change);
  };
  const settings = { databaseUrl, poolMax: 6, secretKeys: TEST_SECRET_KEYS };
  const admin = opened.use(await start(settings, { logger: silentLogger, recordAction }));
  const folder = opened.adopt(await mkdtemp(join(tmpdir(), 'portico-mail-')), (path) => rm(path, { recursive: true }));
  const sides = opened.use(
    await admin.openSides(
      {
        mail: { kind: 'folder', folder, from: 'Portico <test@portico.test>' },
        portalOrigin: 'http://portal.test',
        consoleOrigin: 'http://console.test',
        trustedProxies,
        triesPerMinute,
      },
      graph,
    ),
  );
  const open = async (side: Side): Promise<string> => {
    const [{ handler }] = sides.mounts[side];
    return opened.use(await listen({ host: '127.0.0.1', port: 0, shutdownTimeoutMs: 500, handler })).url;
  };
  const urls = { developer: await open('developer'), operator: await open('operator') };
  const browser = (): Browser => openBrowser(urls);
  const letters = (to: string): Promise<Letter[]> => lettersTo(folder, to);
  const signUp = async (email: string, more: object = {}): Promise<void> => {
    const { status } = await browser().post('developer', '/sign-up/email', { email, password: PASSWORD, name: 'Ada', ...more });
    expect(status).toBe(200);
    const token = await vi.waitFor(async () => {
      const found = (await letters(email))
        .map(({ text }) => /\/confirm-address\?token=(\S+)/.exec(text)?.[1])
        .find((one) => one !== undefined);
      if (found === undefined) throw new Error(`There is no letter to ${email} yet.`);
      return found;
    }, LETTER_COMES);
    expect((await fetch(`${urls.developer}${SIDES.developer.prefix}/auth/verify-email?token=${token}`)).status).toBe(200);
  };
  const kept = opened.move();
  return {
    admin,
    databaseUrl,
    urls,
    recorded,
    tellOwners: sides.tellOwners,
    browser,
    letters,
    signUp,
    async developer(email) {
      await signUp(email);
      const own = browser();
      expect(await own.post('developer', '/sign-in/email', { email, password: PASSWORD })).toMatchObject({ status: 200 });
      return { ...own, client: createDeveloperClient(urls.developer, own.fetch) };
    },
    async operator(email, role) {
      const { password } = await admin.operators.create({ email, role });
      if (password === undefined) throw new Error(`${email} signs in already.`);
      const own = browser();
      expect(await own.post('operator', '/sign-in/email', { email, password })).toMatchObject({ status: 200 });
      const change = { currentPassword: password, newPassword: PASSWORD };
      expect(await own.post('operator', '/change-password', change)).toMatchObject({ status: 200 });
      return { ...own, client: createOperatorClient(urls.operator, own.fetch) };
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
