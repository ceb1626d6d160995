import { bodySchema } from '@portico/contracts/events/body-schema';
import { EVENT_CATALOGUE } from '@portico/contracts/events/catalogue';
import { API_VERSIONS } from '@portico/contracts/events/event-shape';

/** What an endpoint can take, with the JSON Schema of each body by version of the API. */
export const eventTypes: readonly Readonly<Record<string, unknown>>[] = [...EVENT_CATALOGUE.values()].map(({ name, summary, version }) => ({
  name,
  summary,
  version,
  schemas: Object.fromEntries(API_VERSIONS.map((apiVersion) => [apiVersion, bodySchema(name, apiVersion)])),
}));
