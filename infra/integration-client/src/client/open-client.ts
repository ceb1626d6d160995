// Wires declared providers to what their calls share: one authorizer, breaker, limit and budget for each provider; one transport, cache and
// Redis connection for all. Nothing of it outlives the client. What reaches out of the process is given: network, clock, Redis.
import { randomUUID } from 'node:crypto';
import type { RedisConnection } from '@portico/service-kit/redis/redis';
import { noAuth } from '../auth/auth-declaration.ts';
import { openAuthorizer } from '../auth/authorizer.ts';
import type { RequestToken } from '../auth/oauth/request-token.ts';
import { type AnswerCache, openAnswerCache } from '../cache/answer-cache.ts';
import type { ProviderRuntime } from '../call/attempt.ts';
import type { CallInputParts } from '../call/build-request.ts';
import { executeCall, type GivenOptions, type OperationRuntime } from '../call/execute-call.ts';
import type { Client, ClientOptions, Providers } from '../create-client.ts';
import { assertConsistent } from '../declaration/check-declaration.ts';
import { parsePathTemplate } from '../declaration/path-template.ts';
import { breakerSettings, concurrencyOf, DEFAULTS, planOperation } from '../declaration/plan-operation.ts';
import type { Provider } from '../define-provider.ts';
import { fixedFlags } from '../flags.ts';
import type { BreakerState } from '../observe/call-record.ts';
import { createObserver } from '../observe/observe-call.ts';
import { hasPersonalData } from '../personal-data.ts';
import { LocalBreaker } from '../policies/breaker/breaker.ts';
import { createFleetBreakers } from '../policies/breaker/fleet-breaker.ts';
import { createPlaces } from '../policies/concurrency/places.ts';
import { createRateLimit } from '../policies/rate-limit.ts';
import { createRetryBudget } from '../policies/retry/retry-budget.ts';
import type { StartTimer } from '../policies/start-timer.ts';
import { withSettings } from '../settings.ts';
import type { Transport } from '../transport/transport.ts';

/** What the client does not make itself. */
export type Surroundings = {
  readonly now: () => number;
  readonly random: () => number;
  readonly startTimer: StartTimer;
  readonly redis: RedisConnection | undefined;
  readonly transport: Transport;
  /** Default: over the network. */
  readonly requestToken?: RequestToken;
};

/** `open` is called when the declarations are consistent; what it puts on the stack ends with the client. */
export function openClient<const Declared extends Providers>(
  options: ClientOptions<Declared>,
  open: (opened: AsyncDisposableStack) => Surroundings,
): Client<Declared> {
  const { keyRing } = options;
  const providers = Object.entries(options.providers).map(([name, declared]) => [name, addressed(declared, options)] as const);
  assertConsistent(providers.map(([, provider]) => provider));
  const opened = new AsyncDisposableStack();
  const around = open(opened);
  const { redis, now, startTimer } = around;
  const openRuntime = runtimes(options, around, opened);
  const cache = opened.use(openAnswerCache({ redis, keyRing, now, startTimer }));
  const calls = providers.map(([name, provider]) => [name, callsOf(provider, openRuntime(provider), cache)]);
  // Built from the very declarations that the type is made of; keys of both are the same.
  return Object.assign(Object.fromEntries(calls), { [Symbol.asyncDispose]: () => opened.disposeAsync() }) as Client<Declared>;
}

/** How the runtime of a provider is opened. */
function runtimes(options: ClientOptions<Providers>, around: Surroundings, opened: AsyncDisposableStack) {
  const { secrets, logger, registry, settings = {} } = options;
  const { redis, requestToken, ...own } = around;
  const { now, random, startTimer } = own;
  const flags = options.flags ?? fixedFlags({}, Object.fromEntries(Object.entries(settings).map(([name, given]) => [name, given.flags])));
  const observer = createObserver({ logger, registry, now });
  const fleet = redis === undefined ? undefined : opened.use(createFleetBreakers({ redis, now, random, node: randomUUID() }));
  return (provider: Provider): ProviderRuntime => {
    const { name, limits, retries } = provider;
    const told = (state: BreakerState): void => observer.breakerIs(name, state);
    const credentials = { provider: name, secrets, redis, now, logger, events: observer, requestToken };
    const breaker =
      fleet?.open(name, breakerSettings(provider), told) ?? new LocalBreaker(breakerSettings(provider), { now, random, told });
    return {
      ...own,
      name,
      breaker,
      observer,
      flags,
      authorizer: opened.use(openAuthorizer(provider.auth ?? noAuth, credentials)),
      places: createPlaces({ concurrency: concurrencyOf(provider), now, told: (limit) => observer.concurrencyIs(name, limit) }),
      rateLimit: createRateLimit({ provider: name, perMinute: limits?.perMinute ?? DEFAULTS.perMinute, redis, now, startTimer }),
      budget: createRetryBudget(now),
      backoff: { baseMs: retries?.baseMs ?? DEFAULTS.backoff.baseMs, capMs: retries?.capMs ?? DEFAULTS.backoff.capMs },
      retryHints: provider.retryHints ?? [],
    };
  };
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

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
