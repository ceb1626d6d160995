import { join } from 'node:path';
import { noticeMount } from '@portico/admin-server/notices/notice-mount';
import type { Mount } from '@portico/admin-server/open-sides';
import type { Admin } from '@portico/admin-server/server';
import type { TellOwners } from '@portico/contracts/webhook-notice';
import type { GraphClient } from '@portico/service-kit/graph/graph';
import type { Logger } from '@portico/service-kit/logger';
import { PAGES } from './build-pages.ts';

export type PeopleConfig = {
  PORT: number;
  INTERNAL_PORT: number;
  dataDir: string;
  SMTP_URL?: string | undefined;
  MAIL_FROM: string;
  PORTAL_ORIGIN?: string | undefined;
  CONSOLE_ORIGIN?: string | undefined;
  TRUSTED_PROXIES: readonly string[];
};

export type Mounts = AsyncDisposable & {
  readonly mounts: { public: Mount[]; internal: Mount[] };
  /** For programs of this process; those in others leave their notices on the internal listener. */
  readonly tellOwners: TellOwners;
};

/**
 * What the gateway mounts of the admin service: the side of developers on its public listener; on its internal one that of operators, and where
 * other programs leave notices.
 */
export async function openMounts(
  config: PeopleConfig,
  { admin, graph, internalSecret, logger }: { admin: Admin; graph: GraphClient; internalSecret: string; logger: Logger },
): Promise<Mounts> {
  const { SMTP_URL: url, MAIL_FROM: from } = config;
  const settings = {
    mail:
      url === undefined
        ? ({ kind: 'folder', folder: join(config.dataDir, 'mail'), from } as const)
        : ({ kind: 'smtp', url, from } as const),
    portalOrigin: originOf(config.PORTAL_ORIGIN, config.PORT),
    consoleOrigin: originOf(config.CONSOLE_ORIGIN, config.INTERNAL_PORT),
    trustedProxies: config.TRUSTED_PROXIES,
    pages: PAGES,
  };
  const sides = await admin.openSides(settings, graph);
  const { developer, operator } = sides.mounts;
  if (developer.length === 1 || operator.length === 1)
    logger.warn({}, 'the portal or the console is not built: `npm run pages` builds both');
  const { tellOwners } = sides;
  const mounts = { public: [...developer], internal: [...operator, noticeMount({ tellOwners, internalSecret, logger })] };
  return { mounts, tellOwners, [Symbol.asyncDispose]: () => sides[Symbol.asyncDispose]() };
}

function originOf(given: string | undefined, port: number): string {
  return given === undefined ? `http://127.0.0.1:${port}` : new URL(given).origin;
}
