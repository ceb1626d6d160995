// Everything the five subgraphs have in common when they start: a database, a schema to execute, loops in the background.
import type { Caller } from '@portico/contracts/caller';
import type { Registry } from 'prom-client';
import type { EventBus } from '../bus/event-bus.ts';
import { warnOfNewerSchema } from '../database/newer-schema.ts';
import { type Database, type DatabaseOptions, type MigrationClass, openDatabase } from '../database/orm.ts';
import type { GraphClient, SubgraphEndpoint } from '../graph/graph.ts';
import { startLoop } from '../lifecycle.ts';
import type { Logger } from '../logger.ts';
import { createOutage } from '../outage.ts';
import { OutboxEvent } from '../outbox/outbox.ts';
import { outboxTasks } from '../outbox/outbox-tasks.ts';
import { startOutboxPublisher } from '../outbox/publish-outbox.ts';
import { createReads } from '../reads/reads.ts';
import { createBlindIndex, type KeyRing } from '../sealing/key-ring.ts';
import { createLiveKeyRing, type SecretKeys } from '../sealing/live-key-ring.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { buildSchema, type References, type Resolvers } from './build-schema.ts';
import { createContext, type SubgraphContext, type SubgraphShared } from './context.ts';
import { publishTaskRun } from './task-runs.ts';

export type SubgraphSettings = { databaseUrl: string; poolMax: number; secretKeys: SecretKeys; blindIndexKey: string };

export type SubgraphDependencies = {
  graph: GraphClient;
  logger: Logger;
  /** Where events go. Without one they wait in the outbox. */
  bus?: EventBus | undefined;
  now?: (() => Date) | undefined;
  /** Where metrics of its own are shown; what all programs have in common is published (`metrics/show-program.ts`). */
  registry?: Registry | undefined;
  tracing?: Tracing | undefined;
  /** `by-hand`: background tasks are run by `runTask` alone, as tests want it that count what one does. */
  tasks?: 'running' | 'by-hand' | undefined;
};

/** Work that a program does by itself, across tenants: `runOnce` answers how much there was. */
export type BackgroundTask = { idleMs: number; runOnce(program: SubgraphProgram): Promise<number> };

/** What a background task works with. */
export type SubgraphProgram = {
  readonly database: Database;
  readonly logger: Logger;
  readonly keyRing: KeyRing;
  now(): Date;
  contextFor(caller: Caller): SubgraphContext;
};

export type SubgraphDefinition = {
  /** Also the name of its PostgreSQL schema. */
  name: string;
  sdl: string;
  resolvers: Resolvers;
  references: References;
  entities: DatabaseOptions['entities'];
  migrations: Readonly<Record<string, MigrationClass>>;
  tenantTables: readonly string[];
  tasks?: Readonly<Record<string, BackgroundTask>>;
};

export type Subgraph = AsyncDisposable & {
  readonly name: string;
  readonly endpoint: Extract<SubgraphEndpoint, { kind: 'in-process' }>;
  readonly database: Database;
  contextFor(caller: Caller): SubgraphContext;
  /** Runs a background task now and answers how much it did. */
  runTask(name: string): Promise<number>;
};

export async function startSubgraph(
  definition: SubgraphDefinition,
  settings: SubgraphSettings,
  dependencies: SubgraphDependencies,
): Promise<Subgraph> {
  const { name } = definition;
  const { logger, graph, bus, now = () => new Date() } = dependencies;
  // What may be malformed comes before what would have to be closed.
  const schema = buildSchema(definition.sdl, definition.resolvers, definition.references);
  const keyRing = createLiveKeyRing(settings.secretKeys);
  const blindIndex = createBlindIndex(settings.blindIndexKey);
  const database = await openDatabase({
    program: name,
    schema: name,
    databaseUrl: settings.databaseUrl,
    poolMax: settings.poolMax,
    entities: [...definition.entities, OutboxEvent],
    migrations: definition.migrations,
    tenantTables: definition.tenantTables,
  });
  warnOfNewerSchema(database, logger, name);
  const publisher = bus && startOutboxPublisher({ schema: name, databaseUrl: settings.databaseUrl, bus, logger });
  const wake = (): void => publisher?.wake();
  const tasks = { ...definition.tasks, ...(bus && outboxTasks({ schema: name, bus, graph, wake })) };
  const shared: SubgraphShared = {
    database,
    schema: name,
    graph,
    now,
    reads: createReads({ schema: name, run: database.read }),
    keyRing,
    blindIndex,
    onCommit: wake,
  };
  const contextFor = (caller: Caller): SubgraphContext => createContext(shared, caller);
  const program: SubgraphProgram = { database, logger, keyRing, now, contextFor };
  const loops = dependencies.tasks === 'by-hand' ? [] : Object.entries(tasks).map(([task, work]) => startTask(task, work, name, program));
  return {
    name,
    endpoint: { kind: 'in-process', schema, createContext: contextFor },
    database,
    contextFor,
    runTask: async (task) => (await tasks[task]?.runOnce(program)) ?? Promise.reject(new Error(`There is no task ${task}.`)),
    async [Symbol.asyncDispose]() {
      await Promise.all(loops.map((loop) => loop[Symbol.asyncDispose]()));
      await publisher?.[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

function startTask(task: string, { idleMs, runOnce }: BackgroundTask, subgraph: string, program: SubgraphProgram): AsyncDisposable {
  const outage = createOutage({
    logger: program.logger,
    fields: { subgraph, operation: task },
    began: 'background task failed',
    ended: 'background task goes on',
    level: 'error',
  });
  return startLoop({
    idleMs,
    async work(signal) {
      // A task that found something may find more: it is asked again at once.
      for (let outcome = 1; outcome > 0 && !signal.aborted; ) {
        outcome = await runOnce(program);
        outage.over();
        publishTaskRun({ subgraph, task, outcome });
      }
    },
    onError(err) {
      publishTaskRun({ subgraph, task, outcome: 'failed' });
      outage.failed(err);
    },
  });
}
