// What runs in a relay process: events come in from the bus and become deliveries, deliveries are attempted, results are written. Any number of
// processes do so side by side; PostgreSQL holds what they share.
import { randomUUID } from 'node:crypto';
import { EVENT_LEDGER, type EventBus } from '@portico/service-kit/bus/event-bus';
import type { Database } from '@portico/service-kit/database/orm';
import type { Logger } from '@portico/service-kit/logger';
import { publishDeliveryNews } from '@portico/service-kit/metrics/delivery-state';
import type { KeyRing } from '@portico/service-kit/sealing/key-ring';
import type { Tracing } from '@portico/service-kit/tracing/tracing';
import { LRUCache } from 'lru-cache';
import type { AttemptDependencies } from '../attempts/attempt-delivery.ts';
import { createEndpointConfigs } from '../claiming/endpoint-configs.ts';
import { createTakers } from '../fan-out/takers.ts';
import { renderBody } from '../rendering/render-body.ts';
import type { Sender } from '../sending/send.ts';
import { keepPartitions } from '../upkeep/keep-partitions.ts';
import { listenForDue } from './due-signals.ts';
import { type Deliverer, startDeliverer } from './start-deliverer.ts';
import { createIntake } from './take-in.ts';
import { createResultWriter } from './write-results.ts';

export type EngineSettings = {
  /** Attempts under way at the same time, in this process. */
  readonly workers?: number;
  /** Name, connection, request and response together. */
  readonly timeoutMs?: number;
  /** How long a delivery stays with a process that went silent; longer than an attempt may take. */
  readonly leaseMs?: number;
  readonly pollMs?: number;
};

export type EngineDependencies = {
  readonly database: Database;
  readonly databaseUrl: string;
  readonly keyRing: KeyRing;
  readonly bus: Pick<EventBus, 'consume'>;
  readonly sender: Sender;
  readonly logger: Logger;
  readonly tracing: Tracing;
  readonly now: () => Date;
  /** From 0 up to 1: the jitter of retries. */
  readonly random: () => number;
};

export type Engine = AsyncDisposable & Pick<Deliverer, 'wake' | 'runOnce'>;

export const ENGINE_DEFAULTS = { workers: 256, timeoutMs: 30_000, leaseMs: 60_000, pollMs: 1_000 } as const;
/** Events of a batch of the bus. */
const INTAKE = 200;
const BODIES_MAX = 500;

export async function startEngine(settings: EngineSettings, dependencies: EngineDependencies): Promise<Engine> {
  const { database, databaseUrl, keyRing, bus, logger, now } = dependencies;
  const self = randomUUID();
  await keepPartitions(database, now());
  await using opened = new AsyncDisposableStack();
  const deliverer = opened.use(
    startDeliverer({
      ...ENGINE_DEFAULTS,
      ...settings,
      ...dependencies,
      configs: createEndpointConfigs(database, keyRing),
      render: renderOnce(),
      write: createResultWriter({ database, logger, now, publish: publishDeliveryNews }),
    }),
  );
  opened.use(await listenForDue({ databaseUrl, logger, self, onDue: deliverer.wake }));
  const takers = createTakers(database.run);
  const { leaseMs } = { ...ENGINE_DEFAULTS, ...settings };
  const takeIn = createIntake({ database, deliverer, takers, teller: self, leaseMs, now, logger });
  opened.use(await bus.consume({ name: EVENT_LEDGER, batchMax: INTAKE }, takeIn));
  const running = opened.move();
  return { wake: deliverer.wake, runOnce: deliverer.runOnce, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** The bytes of an event are the same for all endpoints of an API version, so they are made once. */
function renderOnce(): AttemptDependencies['render'] {
  const bodies = new LRUCache<string, Buffer>({ max: BODIES_MAX });
  return (event, apiVersion) => {
    const key = `${event.id} ${apiVersion}`;
    const known = bodies.get(key);
    if (known !== undefined) return known;
    const body = renderBody(event, apiVersion);
    bodies.set(key, body);
    return body;
  };
}
