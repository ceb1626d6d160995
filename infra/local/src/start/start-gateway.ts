import { gatewayConfig } from '@portico/mesh/config';
import type { HealthChecks } from '@portico/mesh/health';
import { start } from '@portico/mesh/server';
import { loadConfig } from '@portico/service-kit/config';
import type { RunStatement } from '@portico/service-kit/reads/reads';
import type { LocalConfig } from '../config.ts';
import type { Check } from '../dependencies/check.ts';
import { checkNats } from '../dependencies/check-nats.ts';
import { openMounts } from './open-mounts.ts';
import { openStatements } from './open-statements.ts';
import type { StartGateway } from './start-all.ts';

const CHECK_TIMEOUT_MS = 1_000;

/** The gateway beside all other programs: the graph and the keys are function calls away. */
export function gatewayInProcess(env: Readonly<Record<string, string | undefined>>): StartGateway {
  return async ({ config, secrets, databaseUrl, subgraphs, admin, loggerOf }) => {
    await using opened = new AsyncDisposableStack();
    const { run } = opened.use(openStatements({ program: 'gateway', databaseUrl, poolMax: config.DATABASE_POOL_MAX }));
    const { mounts } = opened.use(await openMounts(admin, subgraphs.client, config));
    const gateway = opened.use(
      await start(loadConfig(gatewayConfig, { DEVELOPMENT: env.NODE_ENV === 'production' ? undefined : 'true', ...env }), {
        graph: subgraphs.graph,
        keySource: admin.keySource,
        tokens: admin.tokens,
        audit: admin.audit,
        jwks: () => admin.jwks(),
        run,
        internalSecret: secrets.internalSecret,
        checks: healthChecks(config, run),
        logger: loggerOf('gateway'),
        mounts,
      }),
    );
    const { publicUrl, internalUrl } = gateway;
    const running = opened.move();
    return { publicUrl, internalUrl, [Symbol.asyncDispose]: () => running.disposeAsync() };
  };
}

/** PostgreSQL, and NATS when it was given by address: nothing uses it yet, so that it is not required. The gateway itself checks Redis. */
function healthChecks({ NATS_URL }: LocalConfig, run: RunStatement): HealthChecks {
  const optional = (url: string | undefined, check: (url: string, timeoutMs: number) => Promise<Check>) =>
    url === undefined
      ? undefined
      : { required: false, check: async () => ({ status: (await check(url, CHECK_TIMEOUT_MS)).ok ? ('up' as const) : ('down' as const) }) };
  const nats = optional(NATS_URL, checkNats);
  return {
    postgres: { required: true, check: async () => run('select 1', []).then(() => ({ status: 'up' as const })) },
    ...(nats === undefined ? {} : { nats }),
  };
}
