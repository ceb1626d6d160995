import { AppError, invalid } from '@portico/contracts/errors';
import { EVENT_CATALOGUE } from '@portico/contracts/events/catalogue';
import { parseInput } from '@portico/service-kit/parse-input';
import { z } from 'zod';
import { type EndpointFilter, SCHEDULES } from '../endpoint.entity.ts';
import { filterProblems } from '../rendering/match-filter.ts';
import { API_VERSIONS } from '../rendering/event-shape.ts';
import { type AddressPolicy, checkUrl } from '../sending/guard-address.ts';
import { secretProblem } from '../signing/secret.ts';
import { headerProblems } from './header-rules.ts';

/** Takes every event, those of later types too. */
export const ALL_EVENTS = '*';
export const CONCURRENCY_DEFAULT = 10;
const FILTER_PATHS_MAX = 10;
const FILTER_VALUES_MAX = 16;

const filterValue = z.union([z.string().max(200), z.number(), z.boolean()], 'It must be a text, a number, true or false.');

const properties = z.object({
  url: z.string(),
  events: z.array(z.enum([...EVENT_CATALOGUE.keys(), ALL_EVENTS])).min(1).max(EVENT_CATALOGUE.size),
  description: z.string().trim().max(500).nullish(),
  filter: z.record(z.string().max(200), z.array(filterValue).min(1).max(FILTER_VALUES_MAX)).nullish(),
  apiVersion: z.enum(API_VERSIONS).nullish(),
  headers: z.record(z.string(), z.string()).nullish(),
  schedule: z.enum(SCHEDULES).nullish(),
  ratePerSecond: z.int().min(1).max(1_000).nullish(),
  concurrency: z.int().min(1).max(100).nullish(),
});
const registration = properties.extend({ secret: z.string().nullish() });
const change = properties.partial({ url: true, events: true });

export type Registration = z.output<typeof registration>;
export type EndpointChange = z.output<typeof change>;

/** Throws VALIDATION_ERROR naming each field and its rule. */
export function parseRegistration(input: unknown, policy: AddressPolicy): Registration {
  const given = parseInput(registration, input);
  refuseProblems(given, given.events, policy);
  requireSecret(given.secret);
  return given;
}

/** `events`: those of the endpoint, for a filter that comes without new ones. */
export function parseChange(input: unknown): EndpointChange {
  return parseInput(change, input);
}

/** The rules beyond form: where the URL leads, which headers may be set, whether the filter names fields of the events. */
export function refuseProblems(given: EndpointChange, events: readonly string[], policy: AddressPolicy): void {
  const problems: Record<string, string> = {};
  if (given.url !== undefined) {
    const checked = checkUrl(given.url, policy);
    if (!checked.ok) problems.url = checked.problem;
  }
  for (const [name, problem] of headerProblems(given.headers ?? {})) problems[name === '' ? 'headers' : `headers.${name}`] = problem;
  if (given.filter !== undefined && given.filter !== null) Object.assign(problems, problemsOfFilter(given.filter, events));
  if (Object.keys(problems).length > 0) throw invalid(problems);
}

/** Throws VALIDATION_ERROR on `secret` for one that would not sign. */
export function requireSecret(secret: string | null | undefined): void {
  if (secret === undefined || secret === null) return;
  const problem = secretProblem(secret);
  if (problem !== undefined) throw new AppError('VALIDATION_ERROR', undefined, { details: { secret: problem } });
}

function problemsOfFilter(filter: EndpointFilter, events: readonly string[]): Record<string, string> {
  if (Object.keys(filter).length > FILTER_PATHS_MAX) return { filter: `At most ${FILTER_PATHS_MAX} paths.` };
  const types = events.includes(ALL_EVENTS) ? [...EVENT_CATALOGUE.keys()] : events;
  return Object.fromEntries(Object.entries(filterProblems(filter, types)).map(([path, problem]) => [`filter.${path}`, problem]));
}
