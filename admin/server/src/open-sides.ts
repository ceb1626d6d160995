import type { RequestListener } from 'node:http';
import type { GraphClient } from '@portico/service-kit/graph';
import { startLoop } from '@portico/service-kit/lifecycle';
import type { Logger } from '@portico/service-kit/logger';
import type { AdminContext } from './context.ts';
import { createHttpHandler } from './http.ts';
import { createMailer } from './mail/mailer.ts';
import { type PeopleSettings, TRIES_PER_MINUTE } from './people-settings.ts';
import { ensureSecret } from './secrets/ensure-secret.ts';
import { SIDES, type Side } from './sides.ts';
import { createSignIn } from './sign-in/create-sign-in.ts';
import { letters } from './sign-in/letters.ts';
import { sweepSignIn } from './sign-in/sweep-sign-in.ts';
import type { RecordAction } from './trpc/changing.ts';
import { developerRouter } from './trpc/developer-router.ts';
import { operatorRouter } from './trpc/operator-router.ts';

/** What answers under a path of somebody else's listener. */
export type Mount = { readonly prefix: string; readonly handler: RequestListener };

export type Sides = AsyncDisposable & { readonly mounts: Readonly<Record<Side, Mount>> };

export type SidesOptions = {
  admin: AdminContext;
  settings: PeopleSettings;
  recordAction: RecordAction;
  graph: GraphClient;
  logger: Logger;
};

const SWEEP_MS = 3_600_000;
const ROUTERS = { developer: developerRouter, operator: operatorRouter };

/** Opens both sides for people to sign in on. The secret under which cookies and second factors are is common: a person's second factor is. */
export async function openSides({ admin, settings, recordAction, graph, logger }: SidesOptions): Promise<Sides> {
  const mailer = createMailer(settings.mail, { logger, now: admin.now });
  const secret = await ensureSecret(admin, 'sign-in');
  const common = { admin, mailer, letters: letters('developer', settings.portalOrigin), recordAction, graph, logger };
  const open = async (side: Side, origin: string): Promise<Mount> => {
    const triesPerMinute = settings.triesPerMinute ?? TRIES_PER_MINUTE;
    const signIn = await createSignIn({ side, admin, secret, mailer, origin, triesPerMinute, recordAction, logger });
    return {
      prefix: SIDES[side].prefix,
      handler: createHttpHandler({ ...common, side, router: ROUTERS[side], signIn, origin }),
    };
  };
  const mounts = { developer: await open('developer', settings.portalOrigin), operator: await open('operator', settings.consoleOrigin) };
  const sweeping = startLoop({
    idleMs: SWEEP_MS,
    work: async () => void (await sweepSignIn(admin)),
    onError: (err) => logger.warn({ err }, 'could not sweep sessions'),
  });
  return {
    mounts,
    async [Symbol.asyncDispose]() {
      await sweeping[Symbol.asyncDispose]();
      await mailer[Symbol.asyncDispose]();
    },
  };
}
