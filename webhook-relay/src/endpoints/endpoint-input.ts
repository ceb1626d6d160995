import { AppError, invalid } from '@portico/contracts/errors';
import { EVENT_CATALOGUE } from '@portico/contracts/events/catalogue';
import { API_VERSIONS } from '@portico/contracts/events/event-shape';
import { parseInput } from '@portico/service-kit/parse-input';
import { linesText } from '@portico/service-kit/written-text';
import { z } from 'zod';
import { SCHEDULES } from '../endpoint.entity.ts';
import { type EventFilter, filterProblems } from '../filtering/event-filter.ts';
import { type AddressPolicy, checkUrl } from '../sending/guard-address.ts';
import { secretProblem } from '../signing/secret.ts';
import { headerProblems } from './header-rules.ts';

/** Takes every event, those of later types too. */
export const ALL_EVENTS = '*';
export const CONCURRENCY_DEFAULT = 10;

const properties = z.object({
  url: z.string(),
  events: z
    .array(z.enum([...EVENT_CATALOGUE.keys(), ALL_EVENTS]))
    .min(1)
    .max(EVENT_CATALOGUE.size),
  description: linesText(500).nullish(),
  // Held to the events' schemas when the events are known.
  filter: z.custom<EventFilter>().nullish(),
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

/** Form only: what the URL and the filter are held to depends on the endpoint. Throws VALIDATION_ERROR. */
export function parseChange(input: unknown): EndpointChange {
  return parseInput(change, input);
}

/** The rules beyond form: where the URL leads, which headers may be set, whether the filter names fields of `events`. */
export function refuseProblems(given: EndpointChange, events: readonly string[], policy: AddressPolicy): void {
  const problems: Record<string, string> = {};
  if (given.url !== undefined) {
    const checked = checkUrl(given.url, policy);
    if (!checked.ok) problems.url = checked.problem;
  }
  for (const [name, problem] of headerProblems(given.headers ?? {})) problems[name === '' ? 'headers' : `headers.${name}`] = problem;
  if (given.filter !== undefined && given.filter !== null) Object.assign(problems, filterProblems(given.filter, typesOf(events)));
  if (Object.keys(problems).length > 0) throw invalid(problems);
}

/** Throws VALIDATION_ERROR on `secret` for one that would not sign. */
export function requireSecret(secret: string | null | undefined): void {
  if (secret === undefined || secret === null) return;
  const problem = secretProblem(secret);
  if (problem !== undefined) throw new AppError('VALIDATION_ERROR', undefined, { details: { secret: problem } });
}

/** The event types that a list names. */
function typesOf(events: readonly string[]): readonly string[] {
  return events.includes(ALL_EVENTS) ? [...EVENT_CATALOGUE.keys()] : events;
}
