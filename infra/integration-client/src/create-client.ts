// The client as programs use it: declared providers over the network, with the machine's clock and, where there is one, a Redis.

import type { Logger } from '@portico/service-kit/logger';
import { connectRedis, type RedisConnection } from '@portico/service-kit/redis/redis';
import { tellChanges } from '@portico/service-kit/redis/tell-changes';
import type { KeyRing } from '@portico/service-kit/sealing/key-ring';
import type { Registry } from 'prom-client';
import { openClient } from './client/open-client.ts';
import type { CallOf } from './declaration/call-types.ts';
import type { Provider } from './define-provider.ts';
import type { Flags } from './flags.ts';
import { startTimer } from './policies/start-timer.ts';
import type { SecretStore } from './secrets.ts';
import type { GivenSettings } from './settings.ts';
import type { Transport } from './transport/transport.ts';
import { createUndiciTransport } from './transport/undici-transport.ts';

export type Providers = Readonly<Record<string, Provider>>;

export type ClientOptions<Declared extends Providers> = {
  providers: Declared;
  secrets: SecretStore;
  logger: Logger;
  /** Without it, limits, breakers and kept answers are this process's own. */
  redisUrl?: string;
  /** Seals kept answers; without it those that hold personal data are not put into Redis. */
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
  const { redisUrl, logger, now = Date.now, random = Math.random } = options;
  return openClient(options, (opened) => ({
    now,
    random,
    startTimer,
    redis: redisUrl === undefined ? undefined : opened.use(openRedisConnection(redisUrl, logger)),
    transport: options.transport ?? opened.use(createUndiciTransport()),
  }));
}

function openRedisConnection(url: string, logger: Logger): RedisConnection {
  return connectRedis({
    url,
    timeoutMs: REDIS_TIMEOUT_MS,
    onChange: tellChanges(logger, {
      up: 'integration client: limits, breakers and answers are shared',
      down: 'integration client: this process counts for itself',
    }),
  }).connection;
}
