// Wires declared providers to what their calls share: one authorizer, breaker, limit and budget for each provider; one transport, cache and
// Redis connection for all. Nothing of it outlives the client.
import { randomUUID } from 'node:crypto';
import type { KeyRing } from '@portico/service-kit/key-ring';
import type { Logger } from '@portico/service-kit/logger';
import { connectRedis, type RedisConnection } from '@portico/service-kit/redis';
import type { Registry } from 'prom-client';
import { noAuth } from './auth/auth-declaration.ts';
import { openAuthorizer } from './auth/authorizer.ts';
import { type AnswerCache, openAnswerCache } from './cache/answer-cache.ts';
import type { ProviderRuntime } from './call/attempt.ts';
import type { CallInputParts } from './call/build-request.ts';
import { executeCall, type GivenOptions, type OperationRuntime } from './call/execute-call.ts';
import { assertConsistent } from './check-declaration.ts';
import type { CallOf } from './declaration/call-types.ts';
import { parsePathTemplate } from './declaration/path-template.ts';
import { breakerSettings, DEFAULTS, planOperation } from './declaration/plan-operation.ts';
import type { Provider } from './define-provider.ts';
import { type Flags, fixedFlags } from './flags.ts';
import type { BreakerState } from './observe/call-record.ts';
import { createObserver } from './observe/observe-call.ts';
import { hasPersonalData } from './personal-data.ts';
import { LocalBreaker } from './policies/breaker/breaker.ts';
import { createFleetBreakers } from './policies/breaker/fleet-breaker.ts';
import { createBulkhead } from './policies/bulkhead.ts';
import { createRateLimit } from './policies/rate-limit.ts';
import { createRetryBudget } from './policies/retry/retry-budget.ts';
import type { SecretStore } from './secrets.ts';
import { type GivenSettings, withSettings } from './settings.ts';
import type { Transport } from './transport/transport.ts';
import { createUndiciTransport } from './transport/undici-transport.ts';

type Providers = Readonly<Record<string, Provider>>;

export type ClientOptions<Declared extends Providers> = {
  providers: Declared;
  secrets: SecretStore;
  logger: Logger;
  /** Without it, limits, breakers and kept answers are this process's own. */
  redisUrl?: string;
  /** Seals kept answers that hold personal data; without it they are not put into Redis. */
  keyRing?: KeyRing;
  /** Where the metrics are shown. */
  registry?: Registry | undefined;
  /** By provider name, from `readSettings`: goes before what the provider declares. */
  settings?: Readonly<Record<string, GivenSettings>>;
  /** Default: those of the settings. */
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

/** Opens what the providers need; asks nothing yet. Throws ConfigError naming every contradiction of the declarations. */
export function createClient<const Declared extends Providers>(options: ClientOptions<Declared>): Client<Declared> {
  const { secrets, logger, redisUrl, keyRing, registry, settings = {}, now = Date.now, random = Math.random } = options;
  const providers = Object.entries(options.providers).map(([name, declared]) => [name, addressed(declared, options)] as const);
  assertConsistent(providers.map(([, provider]) => provider));
  const flags = options.flags ?? fixedFlags({}, Object.fromEntries(Object.entries(settings).map(([name, given]) => [name, given.flags])));
  const observer = createObserver({ logger, registry, now, isDebug: (provider) => flags.isOn('DEBUG_MODE', provider) });
  const opened = new AsyncDisposableStack();
  const redis = redisUrl === undefined ? undefined : opened.use(openRedisConnection(redisUrl, logger));
  const fleet = redis === undefined ? undefined : opened.use(createFleetBreakers({ redis, now, random, node: randomUUID() }));
  const cache = opened.use(openAnswerCache({ redis, keyRing, now }));
  const transport = options.transport ?? opened.use(createUndiciTransport());
  const openRuntime = (provider: Provider): ProviderRuntime => {
    const { name, limits, retries } = provider;
    const told = (state: BreakerState): void => observer.breakerIs(name, state);
    const breaker =
      fleet?.open(name, breakerSettings(provider), told) ?? new LocalBreaker(breakerSettings(provider), { now, random, told });
    return {
      name,
      authorizer: opened.use(openAuthorizer(provider.auth ?? noAuth, { provider: name, secrets, redis, now, logger, events: observer })),
      breaker,
      bulkhead: createBulkhead(limits?.concurrency ?? DEFAULTS.concurrency),
      rateLimit: createRateLimit({ provider: name, perMinute: limits?.perMinute ?? DEFAULTS.perMinute, redis, now }),
      budget: createRetryBudget(now),
      backoff: { baseMs: retries?.baseMs ?? DEFAULTS.backoff.baseMs, capMs: retries?.capMs ?? DEFAULTS.backoff.capMs },
      retryHints: provider.retryHints ?? [],
      transport,
      observer,
      flags,
      now,
      random,
    };
  };
  const calls = providers.map(([name, provider]) => [name, callsOf(provider, openRuntime(provider), cache)]);
  // Built from the very declarations that the type is made of; keys of both are the same.
  return Object.assign(Object.fromEntries(calls), { [Symbol.asyncDispose]: () => opened.disposeAsync() }) as Client<Declared>;
}

function addressed(declared: Provider, { settings = {}, baseUrls = {} }: ClientOptions<Providers>): Provider {
  const given = settings[declared.name];
  const provider = given === undefined ? declared : withSettings(declared, given);
  return { ...provider, baseUrl: baseUrls[declared.name] ?? provider.baseUrl };
}

type UntypedCall = (input?: CallInputParts, options?: GivenOptions) => ReturnType<typeof executeCall>;

function callsOf(provider: Provider, runtime: ProviderRuntime, cache: AnswerCache): Readonly<Record<string, UntypedCall>> {
  const headers = { accept: 'application/json', ...lowerCased(provider.headers ?? {}) };
  const baseUrl = provider.baseUrl.replace(/\/+$/, '');
  const calls = Object.entries(provider.operations).map(([name, operation]): [string, UntypedCall] => {
    const template = parsePathTemplate(operation.path);
    if (template === undefined) throw new TypeError(`The path of ${provider.name}.${name} is no template.`);
    const { response } = operation.declaration;
    const ready: OperationRuntime = {
      provider: runtime,
      plan: planOperation(provider, name, operation),
      target: { baseUrl, template, headers },
      cache,
      holdsPersonalData: response !== undefined && hasPersonalData(response),
    };
    return [name, (input = {}, options = {}) => executeCall(ready, input, options)];
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
