import type { RequestListener } from 'node:http';
import type { TellOwners } from '@portico/contracts/webhook-notice';
import { startTask } from '@portico/service-kit/background-task';
import type { GraphClient } from '@portico/service-kit/graph/graph';
import type { Logger } from '@portico/service-kit/logger';
import { createClientAddress } from '@portico/service-kit/network/client-address';
import type { AdminContext } from './context.ts';
import { createHttpHandler } from './http.ts';
import { createMailer } from './mail/mailer.ts';
import { findOwners } from './members/memberships.ts';
import { createTellOwners } from './notices/tell-owners.ts';
import { openPages } from './pages/open-pages.ts';
import { type PeopleSettings, TRIES_PER_MINUTE } from './people-settings.ts';
import { ensureSecret } from './secrets/ensure-secret.ts';
import { SIDES, type Side } from './sides.ts';
import { createSignIn } from './sign-in/create-sign-in.ts';
import { letters } from './sign-in/letters.ts';
import { recoverAttempts } from './sign-in/sign-in-attempts.ts';
import { sweepSignIn } from './sign-in/sweep-sign-in.ts';
import { recoverChanges } from './trpc/change-elsewhere.ts';
import type { RecordAction } from './trpc/changing.ts';
import { developerRouter } from './trpc/developer-router.ts';
import { operatorRouter } from './trpc/operator-router.ts';

/** What answers under a path of somebody else's listener. */
export type Mount = { readonly prefix: string; readonly handler: RequestListener };

export type Sides = AsyncDisposable & {
  /** What belongs to the longer path comes first. */
  readonly mounts: Readonly<Record<Side, readonly [Mount, ...Mount[]]>>;
  /** Writes to the owners of an account. */
  readonly tellOwners: TellOwners;
};

export type SidesOptions = {
  admin: AdminContext;
  settings: PeopleSettings;
  recordAction: RecordAction;
  graph: GraphClient;
  logger: Logger;
};

const SWEEP_MS = 3_600_000;
const RECOVERY_MS = 60_000;
const ROUTERS = { developer: developerRouter, operator: operatorRouter };

/** Opens both sides that people sign in on. Both keep cookies and second factors under one secret, because a person has one second factor for both. */
export async function openSides({ admin, settings, recordAction, graph, logger }: SidesOptions): Promise<Sides> {
  const mailer = createMailer(settings.mail, { logger, now: admin.now });
  const secret = await ensureSecret(admin, 'sign-in');
  const clientAddress = createClientAddress(settings.trustedProxies);
  const common = { admin, mailer, letters: letters('developer', settings.portalOrigin), recordAction, graph, clientAddress, logger };
  const open = async (side: Side, origin: string): Promise<[Mount, ...Mount[]]> => {
    const triesPerMinute = settings.triesPerMinute ?? TRIES_PER_MINUTE;
    const signIn = await createSignIn({ side, admin, secret, mailer, origin, triesPerMinute, recordAction, logger });
    const { prefix, pages } = SIDES[side];
    const procedures = { prefix, handler: createHttpHandler({ ...common, side, router: ROUTERS[side], signIn, origin }) };
    const folder = settings.pages?.[side];
    const handler = folder === undefined ? undefined : openPages(pages, folder);
    return handler === undefined ? [procedures] : [procedures, { prefix: pages, handler }];
  };
  const mounts = { developer: await open('developer', settings.portalOrigin), operator: await open('operator', settings.consoleOrigin) };
  const loop = (operation: string, idleMs: number, work: () => Promise<unknown>): AsyncDisposable =>
    startTask({ operation, idleMs, work, logger });
  const loops = [
    loop('sweep of sessions', SWEEP_MS, () => sweepSignIn(admin)),
    loop('recovery of sign-in attempts', RECOVERY_MS, () => recoverAttempts({ admin, recordAction })),
    loop('recovery of changes elsewhere', RECOVERY_MS, () => recoverChanges({ admin, recordAction })),
  ];
  return {
    mounts,
    tellOwners: createTellOwners({
      ownersOf: (accountId) => findOwners(admin, accountId),
      mailer,
      portalOrigin: settings.portalOrigin,
      logger,
    }),
    async [Symbol.asyncDispose]() {
      await Promise.all(loops.map((one) => one[Symbol.asyncDispose]()));
      await mailer[Symbol.asyncDispose]();
    },
  };
}
