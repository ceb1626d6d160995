// What the platform runs on, decided once at the start: given by address, brought along, or done without.

import { natsServer } from '../child-servers/nats-server.ts';
import { redisServer } from '../child-servers/redis-server.ts';
import { type ChildServer, isInstalled, type ServerKind, startChildServer } from '../child-servers/start-child-server.ts';
import type { LocalConfig } from '../config.ts';
import { startEmbeddedPostgres } from '../embedded-postgres/start-embedded-postgres.ts';
import { messageOf } from '../read-error.ts';
import { withoutCredentials } from './check.ts';
import { checkPostgres } from './check-postgres.ts';

/** One line of the start's report. */
export type ResolvedDependency = { name: 'postgres' | 'redis' | 'nats' | 'payments'; resolved: string };

export type Database = AsyncDisposable & {
  readonly databaseUrl: string;
  readonly resolved: ResolvedDependency;
  /** Resolves when the embedded PostgreSQL has ended by itself. */
  readonly ended: Promise<void>;
};

export type Dependencies = AsyncDisposable & {
  readonly databaseUrl: string;
  /** Undefined: limits are kept in memory. */
  readonly redisUrl: string | undefined;
  /** Undefined: PostgreSQL carries the events. */
  readonly natsUrl: string | undefined;
  readonly resolved: readonly ResolvedDependency[];
  /** Resolves when the embedded PostgreSQL has ended by itself; no other one comes in its place. */
  readonly databaseEnded: Promise<void>;
};

const CHECK_TIMEOUT_MS = 2_000;

/** What a part of the platform can do without, and what it does then. */
export const OPTIONAL = {
  redis: { kind: redisServer, variable: 'REDIS_URL', without: 'rate limits are kept in memory' },
  nats: { kind: natsServer, variable: 'NATS_URL', without: 'events go through PostgreSQL' },
} as const;

/** Starts what has to be started. Throws when PostgreSQL cannot be had; nothing works without it. */
export async function resolveDependencies(config: LocalConfig, log: (message: string) => void): Promise<Dependencies> {
  await using opened = new AsyncDisposableStack();
  const database = opened.use(await resolveDatabase(config, log));
  const [redis, nats] = await Promise.all([
    resolveOptional(OPTIONAL.redis, config.REDIS_URL, config.dataDir),
    resolveOptional(OPTIONAL.nats, config.NATS_URL, config.dataDir),
  ]);
  opened.defer(redis.stop);
  opened.defer(nats.stop);
  const kept = opened.move();
  return {
    databaseUrl: database.databaseUrl,
    redisUrl: redis.url,
    natsUrl: nats.url,
    databaseEnded: database.ended,
    resolved: [database.resolved, { name: 'redis', resolved: redis.resolved }, { name: 'nats', resolved: nats.resolved }],
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** PostgreSQL alone: all that a command needs. */
export async function resolveDatabase({ DATABASE_URL: given, dataDir }: LocalConfig, log: (message: string) => void): Promise<Database> {
  if (given !== undefined) {
    const check = await checkPostgres(given, CHECK_TIMEOUT_MS);
    if (!check.ok) throw new Error(`DATABASE_URL (${withoutCredentials(given)}): ${check.problem}.`);
    const resolved = `${check.detail} at ${withoutCredentials(given)} (DATABASE_URL)`;
    return { databaseUrl: given, resolved: { name: 'postgres', resolved }, ended: new Promise(() => {}), async [Symbol.asyncDispose]() {} };
  }
  const { url, adopted, ended, stop } = await startEmbeddedPostgres({ dataDir, durable: true, log });
  const how = adopted ? 'embedded, shared with another process of this checkout' : 'embedded';
  const resolved = `${how}, at ${withoutCredentials(url)} (DATABASE_URL is not set)`;
  return { databaseUrl: url, resolved: { name: 'postgres', resolved }, ended, [Symbol.asyncDispose]: stop };
}

type Resolved = { url: string | undefined; resolved: string; stop(): Promise<void> };
type Optional = { kind: ServerKind; variable: string; without: string };

// One that does not answer at its address is no reason not to start: the programs go on trying.
async function resolveOptional({ kind, variable, without }: Optional, given: string | undefined, dataDir: string): Promise<Resolved> {
  const stop = async (): Promise<void> => {};
  if (given === 'none') return { url: undefined, resolved: `none, ${without} (${variable}=none)`, stop };
  if (given !== undefined) {
    const found = await kind.check(given, CHECK_TIMEOUT_MS);
    const state = found.ok ? found.detail : `${found.problem}; tried again and again,`;
    return { url: given, resolved: `${state} at ${withoutCredentials(given)} (${variable})`, stop };
  }
  if (!isInstalled(kind))
    return { url: undefined, resolved: `none, ${without} (${variable} is not set, no ${kind.command} on PATH)`, stop };
  return startChildServer(kind, dataDir).then(ofChild(variable), (error: unknown) => ({
    url: undefined,
    resolved: `none, ${without} (${variable} is not set; ${messageOf(error)})`,
    stop,
  }));
}

function ofChild(variable: string): (child: ChildServer) => Resolved {
  return ({ url, detail, adopted, stop }) => {
    const how = adopted ? 'a child of another process of this checkout' : 'a child of this process';
    return { url, resolved: `${detail}, ${how}, at ${withoutCredentials(url)} (${variable} is not set)`, stop };
  };
}
