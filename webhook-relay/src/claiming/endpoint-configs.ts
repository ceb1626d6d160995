// What an attempt needs of its endpoint, opened once per version of it: a change of URL, secret, headers or API version raises the version, so
// the next attempt has it.

import type { Database } from '@portico/service-kit/database/orm';
import type { KeyRing } from '@portico/service-kit/sealing/key-ring';
import { allTenants } from '@portico/service-kit/sql/tenancy-gate';
import { LRUCache } from 'lru-cache';
import type { Endpoint } from '../endpoint.entity.ts';
import { type OpenedEndpoint, openEndpoint } from '../endpoints/endpoint-row.ts';
import { type SigningKeys, signingKeys } from '../signing/secret.ts';
import { storedTime } from '../stored-time.ts';

type Columns = Pick<
  Endpoint,
  | 'id'
  | 'url'
  | 'apiVersion'
  | 'schedule'
  | 'concurrency'
  | 'secret'
  | 'previousSecret'
  | 'interimSecrets'
  | 'previousSecretExpiresAt'
  | 'headers'
  | 'version'
>;
export type EndpointConfig = Omit<OpenedEndpoint, 'secret' | 'previousSecrets'> &
  Pick<Columns, 'schedule' | 'concurrency' | 'version'> & {
    readonly keys: SigningKeys;
    /** Of the secrets before, oldest first, while a rotation overlaps at that time. */
    previousKeysAt(now: Date): readonly SigningKeys[];
  };

export type EndpointConfigs = {
  /**
   * One statement for all that are not known in the wanted version, none otherwise. A deleted endpoint is missing in the answer; for one whose
   * secrets no key of this process opens it has the error.
   */
  of(wanted: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, EndpointConfig | Error>>;
};

const KEPT_MAX = 5_000;
const READ = `${allTenants('where deliveries go')}select e.id, e.url, e.api_version as "apiVersion", e.schedule, e.concurrency,
    e.secret_sealed as secret, e.previous_secret_sealed as "previousSecret",
    e.interim_secrets_sealed as "interimSecrets", e.previous_secret_expires_at as "previousSecretExpiresAt",
    e.headers_sealed as headers, e.version
  from webhooks.endpoint e where e.id = any($1)`;

export function createEndpointConfigs({ run }: Pick<Database, 'run'>, keyRing: KeyRing): EndpointConfigs {
  const kept = new LRUCache<string, EndpointConfig>({ max: KEPT_MAX });
  return {
    async of(wanted) {
      const missing = [...wanted].filter(([id, version]) => (kept.peek(id)?.version ?? 0) < version).map(([id]) => id);
      const unreadable = new Map<string, Error>();
      for (const row of missing.length === 0 ? [] : await run(READ, [missing])) {
        const expiresAt = storedTime(row.previousSecretExpiresAt, 'nullable');
        try {
          const config = open(keyRing, { ...row, previousSecretExpiresAt: expiresAt } as Columns);
          kept.set(config.id, config);
        } catch (cause) {
          unreadable.set(String(row.id), new Error('The secrets of the endpoint cannot be opened.', { cause }));
        }
      }
      return new Map(
        [...wanted].flatMap(([id, version]) => {
          const config = unreadable.get(id) ?? kept.get(id);
          return config === undefined || ('version' in config && config.version < version) ? [] : [[id, config] as const];
        }),
      );
    },
  };
}

function open(keyRing: KeyRing, row: Columns): EndpointConfig {
  const { schedule, concurrency, version, previousSecretExpiresAt } = row;
  // Opened as it was before it expired; whether it still signs is asked at each attempt.
  const { secret, previousSecrets, ...opened } = openEndpoint(keyRing, row, new Date(0));
  const previousKeys = previousSecrets.map(signingKeys);
  return {
    ...opened,
    keys: signingKeys(secret),
    schedule,
    concurrency,
    version,
    previousKeysAt: (now) => (previousSecretExpiresAt instanceof Date && previousSecretExpiresAt > now ? previousKeys : []),
  };
}
