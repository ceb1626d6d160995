import { gatewayConfig } from '@portico/mesh/config';
import type { Check, HealthChecks } from '@portico/mesh/health';
import { start } from '@portico/mesh/server';
import type { EventBus } from '@portico/service-kit/bus/event-bus';
import { loadConfig } from '@portico/service-kit/config';
import { databaseHealth } from '@portico/service-kit/database/database-health';
import { embeddedDatabaseHealth } from '../dependencies/embedded-database-health.ts';
import { openMounts } from './open-mounts.ts';
import { openStatements } from './open-statements.ts';
import type { StartGateway } from './start-all.ts';

/** The gateway beside all other programs: the graph and the keys are function calls away. */
export function gatewayInProcess(env: Readonly<Record<string, string | undefined>>): StartGateway {
  return async ({ config, secrets, databaseUrl, redisUrl, bus, subgraphs, admin, loggerOf, tracing, registry }) => {
    await using opened = new AsyncDisposableStack();
    const { run, read } = opened.use(openStatements({ program: 'gateway', databaseUrl, poolMax: config.DATABASE_POOL_MAX }));
    const given = loadConfig(gatewayConfig, {
      DEVELOPMENT: env.NODE_ENV === 'production' ? undefined : 'true',
      ...env,
      REDIS_URL: redisUrl,
    });
    const { TRUSTED_PROXIES } = given;
    const logger = loggerOf('gateway');
    const { internalSecret } = secrets;
    const { mounts, tellOwners } = opened.use(
      await openMounts({ ...config, TRUSTED_PROXIES }, { admin, graph: subgraphs.client, internalSecret, logger }),
    );
    const gateway = opened.use(
      await start(given, {
        graph: subgraphs.graph,
        keySource: admin.keySource,
        tokens: admin.tokens,
        audit: admin.audit,
        jwks: () => admin.jwks(),
        run,
        read,
        internalSecret,
        checks: healthChecks(bus, () => (config.DATABASE_URL === undefined ? embeddedDatabaseHealth(run) : databaseHealth(run, 'access'))),
        logger,
        tracing,
        registry,
        mounts,
      }),
    );
    const { publicUrl, internalUrl } = gateway;
    const running = opened.move();
    return { publicUrl, internalUrl, tellOwners, [Symbol.asyncDispose]: () => running.disposeAsync() };
  };
}

/** PostgreSQL, and NATS where it carries the events: without it they wait, and nothing is refused. The gateway itself checks Redis. */
function healthChecks(bus: EventBus, postgres: () => Promise<Check>): HealthChecks {
  return {
    postgres: { required: true, check: postgres },
    ...(bus.kind === 'nats' ? { nats: { required: false, check: () => bus.check() } } : {}),
  };
}
