// What a declaration says twice and not alike, found before the first call. Every contradiction of every provider is named, all at once.
import { ConfigError } from '@portico/service-kit/config';
import { LOOPBACK } from '../auth/auth-declaration.ts';
import { isOwnHeader } from '../call/build-request.ts';
import type { Provider } from '../define-provider.ts';
import { WINDOW_SECONDS } from '../policies/breaker/breaker-window.ts';
import type { LimitBounds } from '../policies/concurrency/adaptive-limit.ts';
import { parsePathTemplate } from './path-template.ts';
import { breakerSettings, concurrencyOf, DEFAULTS, type OperationPlan, planOperation } from './plan-operation.ts';

type Rule<Subject> = readonly [problem: string, isBroken: (subject: Subject) => boolean];
type OperationSubject = { provider: Provider; plan: OperationPlan };

const MOST_RETRIES = 10;
const SHORTEST_TTL_MS = 1_000;
const SHORTEST_OPEN_MS = 1_000;
const LONGEST_MS = 2 ** 31 - 1;

const PROVIDER_RULES: readonly Rule<Provider>[] = [
  ['name: must be lower-case letters, digits and "-", beginning with a letter', ({ name }) => !/^[a-z][a-z0-9-]{0,63}$/.test(name)],
  ['baseUrl: must be an http(s) address without credentials, query and fragment', ({ baseUrl }) => parseBase(baseUrl) === undefined],
  [
    'baseUrl: plain HTTP to another machine needs `plainHttp: "allowed"`',
    ({ baseUrl, plainHttp }) => plainHttp !== 'allowed' && isPlainElsewhere(baseUrl),
  ],
  ['headers: a name or value cannot be sent, or is set by the client itself', ({ headers = {} }) => !areOwnHeaders(headers)],
  ['limits.perMinute: must be a whole number of at least 1', ({ limits }) => !isCount(limits?.perMinute ?? DEFAULTS.perMinute)],
  ['limits.concurrency: must be a whole number of at least 1, or adaptive', (provider) => !isConcurrency(concurrencyOf(provider))],
  ['limits.concurrency.adaptive: must be min <= initial <= max', (provider) => !isInOrder(concurrencyOf(provider))],
  ['breaker.failureRatio: must be at least 0 and below 1', (provider) => !isShare(breakerSettings(provider).failureRatio)],
  ['breaker.minimumCalls: must be a whole number of at least 1', (provider) => !isCount(breakerSettings(provider).minimumCalls)],
  ['breaker.openMs: must be at least 1,000', (provider) => !(breakerSettings(provider).openMs >= SHORTEST_OPEN_MS)],
  [
    'breaker.minimumCalls: more than limits.perMinute allows in a window, so it could never open',
    (provider) => breakerSettings(provider).minimumCalls > (provider.limits?.perMinute ?? DEFAULTS.perMinute),
  ],
  ['retries.baseMs: must be above 0 and no more than retries.capMs', (provider) => !isBackoff(backoffOf(provider))],
];

const OPERATION_RULES: readonly Rule<OperationSubject>[] = [
  ['path: must be segments after "/", with each {name} once', ({ plan }) => parsePathTemplate(plan.path) === undefined],
  ['params: the schema and the names in the path are not the same', ({ plan }) => !hasParamsOfPath(plan)],
  ['body: a GET or HEAD has none', ({ plan }) => plan.isRead && plan.declaration.body !== undefined],
  ['deadlineMs: must be above 0 and below 2^31', ({ plan }) => !isDuration(plan.deadlineMs)],
  ['attemptTimeoutMs: must be above 0', ({ plan }) => !isDuration(plan.attemptTimeoutMs)],
  ['attemptTimeoutMs: longer than the deadline', ({ plan }) => plan.attemptTimeoutMs > plan.deadlineMs],
  [
    "attemptTimeoutMs: more than half of the breaker's 60 s, in which too few attempts would end to judge by",
    ({ plan }) => plan.attemptTimeoutMs > (WINDOW_SECONDS * 1_000) / 2,
  ],
  [
    'maxRetries: must be a whole number from 0 to 10',
    ({ plan }) => !(Number.isInteger(plan.maxRetries) && plan.maxRetries >= 0) || plan.maxRetries > MOST_RETRIES,
  ],
  ['maxRetries: the waits between them may be longer than the deadline', (subject) => hasDeclaredRetriesThatCannotFit(subject)],
  [
    'maxRetries: declared for a write without a key, which is never sent twice',
    ({ plan }) => (plan.declaration.maxRetries ?? 0) > 0 && !plan.isRepeatable,
  ],
  ['cache: only answers of GET are kept', ({ plan }) => plan.cache !== undefined && plan.method !== 'GET'],
  ['cache.ttlMs: must be at least 1,000', ({ plan }) => plan.cache !== undefined && !(plan.cache.ttlMs >= SHORTEST_TTL_MS)],
  ['cache.staleMs: shorter than ttlMs; 0 means never stale', ({ plan }) => plan.cache !== undefined && isShortStale(plan.cache)],
  [
    'cache.softTimeoutMs: must be from 0 to below the deadline',
    ({ plan }) => plan.cache?.softTimeoutMs !== undefined && !(plan.cache.softTimeoutMs >= 0 && plan.cache.softTimeoutMs < plan.deadlineMs),
  ],
  ['hedge: only GET and HEAD may be sent twice at a time', ({ plan }) => plan.hedgeAfterMs !== undefined && !plan.isRead],
  [
    'hedge.afterMs: must be above 0 and before the attempt times out',
    ({ plan }) => plan.hedgeAfterMs !== undefined && !(plan.hedgeAfterMs > 0 && plan.hedgeAfterMs < plan.attemptTimeoutMs),
  ],
  [
    'idempotency: must be declared, or "none"',
    ({ plan }) => ['POST', 'PATCH'].includes(plan.method) && plan.declaration.idempotency === undefined,
  ],
  [
    'idempotency.header: cannot be sent, or is set by the client itself',
    ({ plan }) => plan.idempotency !== undefined && !isOwnHeader(plan.idempotency.header, ''),
  ],
  [
    'idempotency.livesMs: the provider forgets the key before the deadline',
    ({ plan }) => plan.idempotency !== undefined && !(plan.idempotency.livesMs > plan.deadlineMs),
  ],
  [
    'idempotency.reconcile: there is no such operation',
    ({ provider, plan }) => hasReconcile(plan) && reconcileOf(provider, plan) === undefined,
  ],
  [
    'idempotency.reconcile: must be a GET',
    ({ provider, plan }) => reconcileOf(provider, plan) !== undefined && reconcileOf(provider, plan)?.method !== 'GET',
  ],
  [
    'errors: only statuses from 400 to 499 but 401, 408 and 429 are answers to expect',
    ({ plan }) => !areExpectable(plan.declaration.errors ?? {}),
  ],
];

/** Throws ConfigError with a line for each contradiction. */
export function assertConsistent(providers: readonly Provider[]): void {
  const problems = providers.flatMap(problemsOf);
  const names = providers.map(({ name }) => name);
  for (const name of new Set(names.filter((name, index) => names.indexOf(name) < index))) problems.push(`${name}: declared twice`);
  if (problems.length === 0) return;
  throw new ConfigError(
    `The providers' declarations have ${problems.length} problem(s):\n${problems.map((line) => `  ${line}`).join('\n')}`,
  );
}

function problemsOf(provider: Provider): string[] {
  const broken = PROVIDER_RULES.filter(([, isBroken]) => isBroken(provider)).map(([problem]) => `${provider.name}.${problem}`);
  const ofOperations = Object.entries(provider.operations).flatMap(([name, operation]) => {
    const subject = { provider, plan: planOperation(provider, name, operation) };
    return OPERATION_RULES.filter(([, isBroken]) => isBroken(subject)).map(([problem]) => `${provider.name}.${name}.${problem}`);
  });
  return [...broken, ...ofOperations];
}

function parseBase(text: string): URL | undefined {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined;
  return url.username === '' && url.password === '' && !/[?#]/.test(text) ? url : undefined;
}

function isPlainElsewhere(text: string): boolean {
  const url = parseBase(text);
  return url !== undefined && url.protocol === 'http:' && !LOOPBACK.has(url.hostname);
}

function areOwnHeaders(headers: Readonly<Record<string, string>>): boolean {
  return Object.entries(headers).every(([name, value]) => isOwnHeader(name, value));
}

/** Schemas that show their fields (zod's do) are compared name by name, others only by whether there is one. */
function hasParamsOfPath({ path, declaration: { params } }: OperationPlan): boolean {
  const names = parsePathTemplate(path)?.names ?? [];
  if (params === undefined) return names.length === 0;
  const shape = 'shape' in params && typeof params.shape === 'object' && params.shape !== null ? Object.keys(params.shape) : undefined;
  if (shape === undefined) return names.length > 0;
  return shape.length === names.length && names.every((name) => shape.includes(name));
}

function hasDeclaredRetriesThatCannotFit({ provider, plan }: OperationSubject): boolean {
  const declared = plan.declaration.maxRetries ?? provider.retries?.max;
  if (declared === undefined || !plan.isRepeatable) return false;
  const { baseMs, capMs } = backoffOf(provider);
  const waits = Array.from({ length: Math.min(declared, MOST_RETRIES) }, (_, retry) => Math.min(capMs, baseMs * 2 ** retry));
  return waits.reduce((sum, wait) => sum + wait, 0) >= plan.deadlineMs;
}

function backoffOf({ retries }: Provider): { baseMs: number; capMs: number } {
  return { baseMs: retries?.baseMs ?? DEFAULTS.backoff.baseMs, capMs: retries?.capMs ?? DEFAULTS.backoff.capMs };
}

const hasReconcile = ({ idempotency }: OperationPlan): boolean => idempotency?.reconcile !== undefined;

function reconcileOf({ operations }: Provider, { idempotency }: OperationPlan): Provider['operations'][string] | undefined {
  const name = idempotency?.reconcile;
  return name !== undefined && Object.hasOwn(operations, name) ? operations[name] : undefined;
}

const isCount = (value: number): boolean => Number.isInteger(value) && value >= 1;
const isConcurrency = (given: number | LimitBounds): boolean =>
  typeof given === 'number' ? isCount(given) : [given.min, given.initial, given.max].every(isCount);
const isInOrder = (given: number | LimitBounds): boolean =>
  typeof given === 'number' || (given.min <= given.initial && given.initial <= given.max);
const isShare = (value: number): boolean => value >= 0 && value < 1;
const isDuration = (ms: number): boolean => ms > 0 && ms <= LONGEST_MS;
const isBackoff = ({ baseMs, capMs }: { baseMs: number; capMs: number }): boolean => baseMs > 0 && baseMs <= capMs;
const isShortStale = ({ ttlMs, staleMs }: { ttlMs: number; staleMs: number }): boolean => staleMs !== 0 && !(staleMs >= ttlMs);
const areExpectable = (errors: Readonly<Record<number, unknown>>): boolean =>
  Object.keys(errors).every((status) => /^4\d\d$/.test(status) && !['401', '408', '429'].includes(status));
