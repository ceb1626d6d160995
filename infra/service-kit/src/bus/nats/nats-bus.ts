// The bus over NATS JetStream: one stream, a durable pull consumer per name. Acknowledging the last message of a batch acknowledges all
// of it, so a batch is done or comes again whole. Order per aggregate is kept by having one process at a time consume under a name.
import { headers, type JetStreamClient, type Msg, NatsError } from 'nats';
import type { Logger } from '../../logger.ts';
import { consumerName } from '../consumers.ts';
import { type BusEvent, busEvent, type EventBus, type HandleEvents, messageIdOf } from '../event-bus.ts';
import { type ExclusiveTurn, startExclusiveWork } from '../exclusive-work.ts';
import { type NatsLink, openNatsLink } from './nats-connection.ts';
import { type PullSource, pullBatch } from './nats-pull.ts';
import { ACK_WAIT_MS, declareStream, oldestUnacknowledged, type Topology, takeOverConsumer, topologyOf } from './nats-topology.ts';

export type NatsBusOptions = { natsUrl: string; databaseUrl: string; logger: Logger; namespace?: string };

const DEFAULT_NAMESPACE = 'portico';
const REQUEST_TIMEOUT_MS = 5_000;
const NO_RESPONDERS = '503';
// What the subject of a message's acknowledgement is told (NATS ADR-15).
const ACK = '+ACK';
const IN_PROGRESS = '+WPI';

/** PostgreSQL decides which process consumes. Neither it nor NATS need be reachable yet. */
export async function openNatsBus({ natsUrl, databaseUrl, logger, namespace = DEFAULT_NAMESPACE }: NatsBusOptions): Promise<EventBus> {
  const link = openNatsLink({ url: natsUrl, name: 'portico bus', logger });
  const topology = topologyOf(namespace);
  const managerOf = () => link.connection().jetstreamManager({ checkAPI: false, timeout: REQUEST_TIMEOUT_MS });
  /** It answers, and did not store what it was given last: a limit of the stream or of its store is reached. Who publishes tries again until it does. */
  let refuses = false;

  async function publishAll(events: readonly BusEvent[]): Promise<void> {
    const client = link.connection().jetstream({ timeout: REQUEST_TIMEOUT_MS });
    for (const wave of wavesOf(events)) {
      await publishWave(client, topology, wave).catch(async (error: unknown) => {
        // A stream that refuses has the same code, and says why.
        if (!(error instanceof NatsError) || error.code !== NO_RESPONDERS || error.api_error !== undefined) throw error;
        await declareStream(await managerOf(), topology);
        await publishWave(client, topology, wave);
      });
    }
  }

  return {
    kind: 'nats',
    async publish(events) {
      try {
        await publishAll(events);
        refuses = false;
      } catch (error) {
        refuses = link.isUp();
        throw explained(error);
      }
    },
    consume: async ({ name, batchMax }, handle) =>
      startExclusiveWork({
        databaseUrl,
        name: consumerName(name, namespace),
        channel: 'bus',
        logger,
        async work(turn) {
          const manager = await managerOf();
          await declareStream(manager, topology);
          await takeOverConsumer(manager, topology.stream, name, batchMax);
          await readOn(turn, { link, stream: topology.stream, durable: name, batchMax, logger }, handle);
        },
      }),
    oldestWaiting: async (consumer) => oldestUnacknowledged(await managerOf(), topology.stream, consumer),
    async check() {
      try {
        await (await managerOf()).getAccountInfo();
        return { status: refuses ? 'down' : 'up' };
      } catch {
        return { status: 'down' };
      }
    },
    [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
  };
}

/** The client's own message is the number of what went wrong. */
function explained(error: unknown): unknown {
  if (!(error instanceof NatsError) || error.api_error === undefined) return error;
  return new Error(`NATS did not store events: ${error.api_error.description}.`, { cause: error });
}

/** The first event of each aggregate, then the second of each, …: what is under way together has no order to keep, whichever of it fails. */
function wavesOf(events: readonly BusEvent[]): BusEvent[][] {
  const waves: BusEvent[][] = [];
  const seen = new Map<string, number>();
  for (const event of events) {
    const place = seen.get(event.aggregateId) ?? 0;
    seen.set(event.aggregateId, place + 1);
    const wave = waves[place];
    if (wave === undefined) waves.push([event]);
    else wave.push(event);
  }
  return waves;
}

/** Resolves when the server has stored all. Waits for the answer to each, also when one fails: nothing is under way when this rejects. */
async function publishWave(client: JetStreamClient, { stream, subjects }: Topology, wave: readonly BusEvent[]): Promise<void> {
  const answers = await Promise.allSettled(
    wave.map((event) => {
      const carried = headers();
      if (event.traceparent !== null) carried.set('traceparent', event.traceparent);
      const options = { msgID: messageIdOf(event), expect: { streamName: stream }, headers: carried };
      return client.publish(`${subjects}.${event.type}`, JSON.stringify(event), options);
    }),
  );
  for (const answer of answers) if (answer.status === 'rejected') throw answer.reason;
}

type Source = Omit<PullSource, 'connection'> & { link: NatsLink; logger: Logger };

async function readOn(turn: ExclusiveTurn, { link, logger, ...source }: Source, handle: HandleEvents): Promise<void> {
  const connection = link.connection();
  const signal = AbortSignal.any([turn.signal, link.broken()]);
  while (!signal.aborted) {
    const messages = await pullBatch({ ...source, connection }, signal);
    const last = messages.at(-1)?.reply;
    if (last === undefined || signal.aborted) continue;
    const events = messages.flatMap((message) => parse(message, logger));
    // What takes long is not handed out anew: the server is told that it is under way.
    const beat = setInterval(() => {
      if (signal.aborted || connection.isClosed()) return;
      for (const { reply } of messages) if (reply !== undefined) connection.publish(reply, IN_PROGRESS);
    }, ACK_WAIT_MS / 3);
    try {
      if (events.length > 0) await handle(events);
    } finally {
      clearInterval(beat);
    }
    await connection.request(last, ACK, { timeout: REQUEST_TIMEOUT_MS });
  }
  if (!turn.signal.aborted) throw new Error('The connection to NATS broke.');
}

/** A message that is no event did not come from us. It is passed over: it would be none the next time either. */
function parse(message: Msg, logger: Logger): BusEvent[] {
  try {
    return [busEvent.parse(message.json())];
  } catch (err) {
    logger.error({ err, dependency: 'nats', operation: message.subject }, 'a message on the bus is no event');
    return [];
  }
}
