// What the bus needs in a JetStream server, declared by whoever finds it missing: at the first start, and after its store was lost.
import {
  AckPolicy,
  DeliverPolicy,
  DiscardPolicy,
  type JetStreamManager,
  type MsgRequest,
  NatsError,
  nanos,
  RetentionPolicy,
  StorageType,
} from 'nats';
import { EVENT_AGE_MAX_MS } from '../event-bus.ts';

export type Topology = { readonly stream: string; readonly subjects: string };

/** Ids of messages are remembered this long; the ledger of who consumes is what tells duplicates in the end. */
const DUPLICATE_WINDOW_MS = 120_000;
/** A batch under way is said to be so more often than this. */
export const ACK_WAIT_MS = 30_000;
// Error codes of the JetStream API (nats-server, server/errors.json).
const CONSUMER_NOT_FOUND = 10_014;
const STREAM_NOT_FOUND = 10_059;
const MESSAGE_NOT_FOUND = 10_037;

export function topologyOf(namespace: string): Topology {
  return { stream: `${namespace.toUpperCase()}_EVENTS`, subjects: `${namespace}.events` };
}

/** Makes the stream where there is none. One that an operator has changed, to more replicas for example, stays as it is. */
export async function declareStream(manager: JetStreamManager, { stream, subjects }: Topology): Promise<void> {
  if ((await found(manager.streams.info(stream))) !== undefined) return;
  await manager.streams.add({
    name: stream,
    subjects: [`${subjects}.>`],
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.Old,
    max_age: nanos(EVENT_AGE_MAX_MS),
    duplicate_window: nanos(DUPLICATE_WINDOW_MS),
  });
}

/**
 * Makes the durable consumer where there is none. One on which somebody left messages unacknowledged is made anew behind the last
 * acknowledged: the server would hand out newer ones first, and these only after its patience. Only the one process that may consume calls this.
 */
export async function takeOverConsumer(manager: JetStreamManager, stream: string, durable: string, batchMax: number): Promise<void> {
  const known = await found(manager.consumers.info(stream, durable));
  if (known !== undefined && known.num_ack_pending === 0 && known.config.max_ack_pending === batchMax) return;
  if (known !== undefined) await manager.consumers.delete(stream, durable);
  await manager.consumers.add(stream, {
    durable_name: durable,
    ack_policy: AckPolicy.All,
    ack_wait: nanos(ACK_WAIT_MS),
    max_ack_pending: batchMax,
    ...(known === undefined
      ? { deliver_policy: DeliverPolicy.All }
      : { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: known.ack_floor.stream_seq + 1 }),
  });
}

/** When the oldest message was stored that the consumer has not acknowledged. A consumer that does not exist has acknowledged none. */
export async function oldestUnacknowledged(manager: JetStreamManager, stream: string, durable: string): Promise<Date | null> {
  const stored = await found(manager.streams.info(stream));
  if (stored === undefined || stored.state.messages === 0) return null;
  const consumer = await found(manager.consumers.info(stream, durable));
  const next = Math.max(stored.state.first_seq, (consumer?.ack_floor.stream_seq ?? 0) + 1);
  if (next > stored.state.last_seq) return null;
  // What an operator has deleted leaves a gap. The client's types know this part of the request for direct reads only.
  const from = { seq: next, next_by_subj: '>' } as MsgRequest;
  return (await found(manager.streams.getMessage(stream, from)))?.time ?? null;
}

async function found<Info>(answer: Promise<Info>): Promise<Info | undefined> {
  try {
    return await answer;
  } catch (error) {
    const code = error instanceof NatsError ? error.api_error?.err_code : undefined;
    if (code === CONSUMER_NOT_FOUND || code === STREAM_NOT_FOUND || code === MESSAGE_NOT_FOUND) return undefined;
    throw error;
  }
}
