import { join } from 'node:path';
import type { Admin } from '@portico/admin-server/server';
import type { GraphClient } from '@portico/service-kit/graph';

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

type Sides = Awaited<ReturnType<Admin['openSides']>>;
export type Mounts = AsyncDisposable & {
  readonly mounts: { public: Sides['mounts']['developer'][]; internal: Sides['mounts']['operator'][] };
};

/** The sides on which people sign in, as the gateway mounts them: developers on its public listener, operators on its internal one. */
export async function openMounts(admin: Admin, graph: GraphClient, config: PeopleConfig): Promise<Mounts> {
  const { SMTP_URL: url, MAIL_FROM: from } = config;
  const settings = {
    mail:
      url === undefined
        ? ({ kind: 'folder', folder: join(config.dataDir, 'mail'), from } as const)
        : ({ kind: 'smtp', url, from } as const),
    portalOrigin: originOf(config.PORTAL_ORIGIN, config.PORT),
    consoleOrigin: originOf(config.CONSOLE_ORIGIN, config.INTERNAL_PORT),
    trustedProxies: config.TRUSTED_PROXIES,
  };
  const sides = await admin.openSides(settings, graph);
  const { developer, operator } = sides.mounts;
  return { mounts: { public: [developer], internal: [operator] }, [Symbol.asyncDispose]: () => sides[Symbol.asyncDispose]() };
}

function originOf(given: string | undefined, port: number): string {
  return given === undefined ? `http://127.0.0.1:${port}` : new URL(given).origin;
}
