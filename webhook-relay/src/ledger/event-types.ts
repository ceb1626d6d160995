import { bodySchema } from '@portico/contracts/events/body-schema';
import { EVENT_CATALOGUE } from '@portico/contracts/events/catalogue';
import { API_VERSIONS, WEBHOOK_EVENTS } from '@portico/contracts/events/event-shape';

/** What an endpoint can get, with the JSON Schema of each body by version of the API. */
export const eventTypes: readonly Readonly<Record<string, unknown>>[] = [...WEBHOOK_EVENTS.values()].map(({ name, summary, version }) => ({
  name,
  summary,
  version,
  subscribable: EVENT_CATALOGUE.has(name),
  schemas: Object.fromEntries(API_VERSIONS.map((apiVersion) => [apiVersion, bodySchema(name, apiVersion)])),
}));
