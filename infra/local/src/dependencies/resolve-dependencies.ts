// What the platform runs on, decided once at the start: given by address, or brought along.
import type { LocalConfig } from '../config.ts';
import { startEmbeddedPostgres } from '../embedded-postgres/start-embedded-postgres.ts';
import { type Check, withoutCredentials } from './check.ts';
import { checkNats } from './check-nats.ts';
import { checkPostgres } from './check-postgres.ts';
import { checkRedis } from './check-redis.ts';

/** One line of the start's report. */
export type ResolvedDependency = { name: 'postgres' | 'redis' | 'nats' | 'payments'; resolved: string };

export type Dependencies = AsyncDisposable & { readonly databaseUrl: string; readonly resolved: readonly ResolvedDependency[] };

const CHECK_TIMEOUT_MS = 2_000;

/** Starts what has to be started. Throws when PostgreSQL cannot be had; nothing works without it. */
export async function resolveDependencies(config: LocalConfig, log: (message: string) => void): Promise<Dependencies> {
  const [postgres, redis, nats] = await Promise.all([
    resolvePostgres(config, log),
    resolveRedis(config),
    resolveUnused('NATS_URL', config.NATS_URL, checkNats),
  ]);
  return {
    databaseUrl: postgres.url,
    resolved: [
      { name: 'postgres', resolved: postgres.resolved },
      { name: 'redis', resolved: redis },
      { name: 'nats', resolved: nats },
    ],
    [Symbol.asyncDispose]: postgres.stop,
  };
}

type ResolvedPostgres = { url: string; resolved: string; stop(): Promise<void> };

async function resolvePostgres({ DATABASE_URL: given, dataDir }: LocalConfig, log: (message: string) => void): Promise<ResolvedPostgres> {
  if (given !== undefined) {
    const check = await checkPostgres(given, CHECK_TIMEOUT_MS);
    if (!check.ok) throw new Error(`DATABASE_URL (${withoutCredentials(given)}): ${check.problem}.`);
    return { url: given, resolved: `${check.detail} at ${withoutCredentials(given)} (DATABASE_URL)`, stop: async () => {} };
  }
  const { url, adopted, stop } = await startEmbeddedPostgres({ dataDir, durable: true, log });
  const how = adopted ? 'embedded, shared with another process of this checkout' : 'embedded';
  return { url, resolved: `${how}, at ${withoutCredentials(url)} (DATABASE_URL is not set)`, stop };
}

// A Redis that does not answer is no reason not to start: the gateway goes on trying.
async function resolveRedis({ REDIS_URL: url }: LocalConfig): Promise<string> {
  if (url === undefined) return 'none, rate limits are kept in memory (REDIS_URL is not set)';
  const found = await checkRedis(url, CHECK_TIMEOUT_MS);
  return `${found.ok ? found.detail : `${found.problem}; rate limits are kept in memory,`} at ${withoutCredentials(url)} (REDIS_URL)`;
}

// No program uses NATS yet. An address that is given is tried, so that a wrong one is noticed now.
async function resolveUnused(
  variable: string,
  url: string | undefined,
  check: (url: string, timeoutMs: number) => Promise<Check>,
): Promise<string> {
  if (url === undefined) return `not needed yet (${variable} is not set)`;
  const found = await check(url, CHECK_TIMEOUT_MS);
  return `not needed yet; at ${withoutCredentials(url)} ${found.ok ? `is ${found.detail}` : found.problem}`;
}
