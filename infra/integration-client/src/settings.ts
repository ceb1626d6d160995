// What an operator can set for each provider without touching its declaration: `ACME_PAY_REQUEST_TIMEOUT_MS=2000` for `acme-pay`. What is set
// goes before what the provider declares; what an operation declares for itself stays.
import { ConfigError } from '@portico/service-kit/config';
import { z } from 'zod';
import { FLAG_DEFAULTS, type Flag, type FlagValues } from './flags.ts';

const whole = (minimum: number, maximum: number): z.ZodOptional<z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>> =>
  z
    .string()
    .transform((text, context) => {
      const value = /^\d{1,15}$/.test(text.trim()) ? Number(text) : Number.NaN;
      if (value >= minimum && value <= maximum) return value;
      context.addIssue({ code: 'custom', message: `It must be a whole number from ${minimum} to ${maximum}.` });
      return z.NEVER;
    })
    .optional();

const flag = z
  .enum(['true', 'false', '1', '0'], 'It must be true or false.')
  .transform((text) => text === 'true' || text === '1')
  .optional();

const variables = z.object({
  API_BASE_URL: z.url({ protocol: /^https?$/, error: 'It must be an http or https URL.' }).optional(),
  REQUEST_TIMEOUT_MS: whole(1, 600_000),
  MAX_RETRIES: whole(0, 10),
  CIRCUIT_BREAKER_THRESHOLD: whole(1, 10_000),
  CIRCUIT_BREAKER_TIMEOUT_S: whole(1, 3_600),
  CACHE_TTL_SECONDS: whole(0, 604_800),
  RATE_LIMIT_PER_MINUTE: whole(1, 10_000_000),
  ENABLE_CIRCUIT_BREAKER: flag,
  ENABLE_CACHING: flag,
  ENABLE_RETRY: flag,
  DEBUG_MODE: flag,
});

/** Undefined: not set. Times in ms. */
export type GivenSettings = {
  readonly baseUrl: string | undefined;
  readonly timeoutMs: number | undefined;
  readonly retriesMax: number | undefined;
  readonly breakerThreshold: number | undefined;
  readonly breakerOpenMs: number | undefined;
  readonly cacheTtlMs: number | undefined;
  readonly perMinute: number | undefined;
  readonly flags: FlagValues;
};

/**
 * The settings of each provider, by its name. An empty variable counts as absent. Throws ConfigError with every problem of all of them.
 * API_KEY is no setting but a secret: `secret('acme-pay/api-key')` of `secretsFromEnvironment` is ACME_PAY_API_KEY.
 */
export function readSettings<Name extends string>(
  providers: readonly Name[],
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<Name, GivenSettings>> {
  const problems: string[] = [];
  const settings = providers.map((provider) => {
    const prefix = prefixOf(provider);
    const own = Object.fromEntries(Object.keys(variables.shape).map((name) => [name, env[prefix + name] || undefined]));
    const parsed = variables.safeParse(own);
    if (parsed.success) return [provider, settingsOf(parsed.data)] as const;
    problems.push(...parsed.error.issues.map(({ path, message }) => `  ${prefix}${path.join('.')}: ${message}`));
    return [provider, undefined] as const;
  });
  if (problems.length > 0) throw new ConfigError(`The settings of providers have problems:\n${problems.join('\n')}`);
  // Every name of the list is there: one that is not has left a problem.
  return Object.fromEntries(settings) as Record<Name, GivenSettings>;
}

/** The declaration of a provider with what was set for it. */
export function withSettings<Declared extends Settable>(provider: Declared, given: GivenSettings): Declared {
  const { timeoutMs, retriesMax, breakerThreshold, breakerOpenMs, cacheTtlMs, perMinute, baseUrl } = given;
  const operations = Object.entries(provider.operations).map(([name, operation]) => [name, withTtl(operation, cacheTtlMs)]);
  return {
    ...provider,
    ...set({ baseUrl, deadlineMs: timeoutMs, attemptTimeoutMs: timeoutMs }),
    limits: { ...provider.limits, ...set({ perMinute }) },
    retries: { ...provider.retries, ...set({ max: retriesMax }) },
    breaker: {
      ...provider.breaker,
      ...set({ openMs: breakerOpenMs, minimumCalls: breakerThreshold === undefined ? undefined : breakerMinimumCalls(breakerThreshold) }),
    },
    operations: Object.fromEntries(operations),
  };
}

/**
 * CIRCUIT_BREAKER_THRESHOLD says how many failures a breaker bears. It opens when more than half of the calls of a minute failed, so with
 * twice the threshold as the least number of calls it never opens on so many failures or fewer. 5 gives the 10 calls that are the default.
 */
export function breakerMinimumCalls(threshold: number): number {
  return threshold * 2;
}

type Settable = {
  baseUrl: string;
  deadlineMs?: number;
  attemptTimeoutMs?: number;
  limits?: { perMinute?: number };
  retries?: { max?: number };
  breaker?: { minimumCalls?: number; openMs?: number };
  operations: Readonly<Record<string, { method: string; declaration: { cache?: unknown } }>>;
};

/** A GET that says nothing about its cache. 0 s: it is not kept. */
function withTtl<Operation extends Settable['operations'][string]>(operation: Operation, ttlMs: number | undefined): Operation {
  if (ttlMs === undefined || operation.method !== 'GET' || operation.declaration.cache !== undefined) return operation;
  return { ...operation, declaration: { ...operation.declaration, cache: ttlMs === 0 ? 'none' : { ttlMs } } };
}

function set<Values extends object>(values: Values): Partial<Values> {
  // Of the same names, some of them.
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<Values>;
}

function prefixOf(provider: string): string {
  return `${provider.replace(/[^A-Za-z0-9]/g, '_').toUpperCase()}_`;
}

function settingsOf(given: z.output<typeof variables>): GivenSettings {
  const flags = Object.keys(FLAG_DEFAULTS) as Flag[];
  return {
    baseUrl: given.API_BASE_URL,
    timeoutMs: given.REQUEST_TIMEOUT_MS,
    retriesMax: given.MAX_RETRIES,
    breakerThreshold: given.CIRCUIT_BREAKER_THRESHOLD,
    breakerOpenMs: inMs(given.CIRCUIT_BREAKER_TIMEOUT_S),
    cacheTtlMs: inMs(given.CACHE_TTL_SECONDS),
    perMinute: given.RATE_LIMIT_PER_MINUTE,
    flags: Object.fromEntries(flags.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]]))),
  };
}

const inMs = (seconds: number | undefined): number | undefined => (seconds === undefined ? undefined : seconds * 1_000);
