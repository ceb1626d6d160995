// Wires declared providers to what their calls share: one authorizer, breaker, limit and budget for each provider; one transport, cache and
// Redis connection for all. Nothing of it outlives the client.
import { randomUUID } from 'node:crypto';
import type { Logger } from '@portico/service-kit/logger';
import { connectRedis, type RedisConnection } from '@portico/service-kit/redis';
import { openAuthorizer } from './auth/authorizer.ts';
import { type AnswerCache, openAnswerCache } from './cache/answer-cache.ts';
import type { ProviderRuntime } from './call/attempt.ts';
import type { CallInputParts } from './call/build-request.ts';
import { executeCall, type GivenOptions } from './call/execute-call.ts';
import { assertConsistent } from './check-declaration.ts';
import type { CallOf } from './declaration/call-types.ts';
import { parsePathTemplate } from './declaration/path-template.ts';
import { breakerSettings, DEFAULTS, planOperation } from './declaration/plan-operation.ts';
import type { Provider } from './define-provider.ts';
import { DEFAULT_FLAGS, type Flags } from './flags.ts';
import { createObserver, type Observer } from './observe/observe-call.ts';
import { LocalBreaker } from './policies/breaker.ts';
import { createBulkhead } from './policies/bulkhead.ts';
import { createRateLimit } from './policies/rate-limit.ts';
import { createRetryBudget } from './policies/retry-budget.ts';
import type { SecretStore } from './secrets.ts';
import type { Transport } from './transport/transport.ts';
import { createUndiciTransport } from './transport/undici-transport.ts';

type Providers = Readonly<Record<string, Provider>>;

export type ClientOptions<Declared extends Providers> = {
  providers: Declared;
  secrets: SecretStore;
  logger: Logger;
  /** Without it, limits, breakers and kept answers are this process's own. */
  redisUrl?: string;
  flags?: Flags;
  /** Other addresses, by provider name: a sandbox, a test's server. */
  baseUrls?: Readonly<Record<string, string>>;
  /** Milliseconds of the epoch. */
  now?: () => number;
  random?: () => number;
  transport?: Transport;
};

export type Client<Declared extends Providers> = AsyncDisposable & {
  readonly [Name in keyof Declared]: {
    readonly [Operation in keyof Declared[Name]['operations']]: CallOf<Declared[Name]['operations'][Operation]>;
  };
};

/** Of one command: a slower Redis is done without. */
const REDIS_TIMEOUT_MS = 100;

type Shared = {
  secrets: SecretStore;
  logger: Logger;
  redis: RedisConnection | undefined;
  cache: AnswerCache;
  observer: Observer;
  transport: Transport;
  flags: Flags;
  now: () => number;
  random: () => number;
};

/** Opens what the providers need; asks nothing yet. Throws ConfigError naming every contradiction of the declarations. */
export function createClient<const Declared extends Providers>(options: ClientOptions<Declared>): Client<Declared> {
  const { providers, baseUrls = {}, secrets, logger, redisUrl, flags = DEFAULT_FLAGS, now = Date.now, random = Math.random } = options;
  const addressed = Object.entries(providers).map(
    ([name, provider]) => [name, { ...provider, baseUrl: baseUrls[provider.name] ?? provider.baseUrl }] as const,
  );
  assertConsistent(addressed.map(([, provider]) => provider));
  const opened = new AsyncDisposableStack();
  const redis = redisUrl === undefined ? undefined : opened.use(openRedisConnection(redisUrl, logger));
  const cache = opened.use(openAnswerCache({ now }));
  const transport = options.transport ?? opened.use(createUndiciTransport());
  const shared: Shared = { secrets, logger, redis, cache, observer: createObserver({ logger }), transport, flags, now, random };
  const calls = addressed.map(([name, provider]) => [name, openProvider(provider, shared, opened)]);
  // Built from the very declarations that the type is made of; keys of both are the same.
  return Object.assign(Object.fromEntries(calls), { [Symbol.asyncDispose]: () => opened.disposeAsync() }) as Client<Declared>;
}

type UntypedCall = (input?: CallInputParts, options?: GivenOptions) => ReturnType<typeof executeCall>;

function openProvider(provider: Provider, shared: Shared, opened: AsyncDisposableStack): Readonly<Record<string, UntypedCall>> {
  const { now, random, redis, flags, transport, secrets, logger, cache, observer } = shared;
  const { perMinute = DEFAULTS.perMinute, concurrency = DEFAULTS.concurrency } = provider.limits ?? {};
  const { baseMs = DEFAULTS.backoff.baseMs, capMs = DEFAULTS.backoff.capMs } = provider.retries ?? {};
  const runtime: ProviderRuntime = {
    name: provider.name,
    authorizer: opened.use(openAuthorizer(provider.auth ?? { kind: 'none' }, { provider: provider.name, secrets, redis, now, logger })),
    breaker: new LocalBreaker(breakerSettings(provider), { now, random }),
    bulkhead: createBulkhead(concurrency),
    rateLimit: createRateLimit({ provider: provider.name, perMinute, redis, now }),
    budget: createRetryBudget(now),
    backoff: { baseMs, capMs },
    retryHints: provider.retryHints ?? [],
    transport,
    flags,
    now,
    random,
  };
  const headers = { accept: 'application/json', ...lowerCased(provider.headers ?? {}) };
  const baseUrl = provider.baseUrl.replace(/\/+$/, '');
  const calls = Object.entries(provider.operations).map(([name, operation]): [string, UntypedCall] => {
    const template = parsePathTemplate(operation.path);
    if (template === undefined) throw new TypeError(`The path of ${provider.name}.${name} is no template.`);
    const target = { baseUrl, template, headers };
    const runtimeOf = { provider: runtime, plan: planOperation(provider, name, operation), target, cache, observer, newId: randomUUID };
    return [name, (input = {}, options = {}) => executeCall(runtimeOf, input, options)];
  });
  return Object.fromEntries(calls);
}

function openRedisConnection(url: string, logger: Logger): RedisConnection {
  return connectRedis({
    url,
    timeoutMs: REDIS_TIMEOUT_MS,
    onChange: (up, reason) => {
      if (up) logger.info({ dependency: 'redis', state: 'up' }, 'integration client: limits, breakers and answers are shared');
      else logger.warn({ dependency: 'redis', state: 'down', reason }, 'integration client: this process counts for itself');
    },
  }).connection;
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
