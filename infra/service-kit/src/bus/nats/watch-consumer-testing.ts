// For tests: what JetStream itself says of a consumer, looked at ten times a second.
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from 'nats';
import { startStopwatch } from '../../testing-stopwatch.ts';
import { topologyOf } from './nats-topology.ts';

export type ConsumerState = {
  /** Messages handed out and not acknowledged. */
  readonly num_ack_pending: number;
  /** Messages not handed out yet. */
  readonly num_pending: number;
  /** Everything in the stream is acknowledged. */
  readonly acknowledged: boolean;
};

export type WatchedConsumer = AsyncDisposable & {
  now(): Promise<ConsumerState>;
  /**
   * The most that was unacknowledged at any look, how many may be, and the longest time (ms of a stopwatch) for which it was as many as may be and
   * nothing more was handed out.
   */
  seen(): { readonly most: number; readonly cap: number; readonly stuckMs: number };
};

const EVERY_MS = 100;

/** The consumer must exist by now, or soon. */
export async function watchConsumer(natsUrl: string, durable: string, namespace = 'portico'): Promise<WatchedConsumer> {
  const connection = await connect({ servers: natsUrl });
  const manager = await connection.jetstreamManager();
  const { stream } = topologyOf(namespace);
  const stop = new AbortController();
  const stopwatch = startStopwatch();
  let [most, cap, stuckMs, wentOnAt, handedOut] = [0, 0, 0, 0, 0];
  const look = async (): Promise<ConsumerState> => {
    const [{ num_ack_pending, num_pending, ack_floor, delivered, config }, { state }] = await Promise.all([
      manager.consumers.info(stream, durable),
      manager.streams.info(stream),
    ]);
    most = Math.max(most, num_ack_pending);
    cap = config.max_ack_pending ?? 0;
    if (num_ack_pending < cap || delivered.consumer_seq > handedOut) wentOnAt = stopwatch.tookMs();
    else stuckMs = Math.max(stuckMs, stopwatch.tookMs() - wentOnAt);
    handedOut = delivered.consumer_seq;
    return { num_ack_pending, num_pending, acknowledged: ack_floor.stream_seq === state.last_seq };
  };
  const watching = (async () => {
    while (!stop.signal.aborted) {
      await look().catch(() => {});
      await pause(EVERY_MS, undefined, { signal: stop.signal }).catch(() => {});
    }
  })();
  return {
    now: look,
    seen: () => ({ most, cap, stuckMs }),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await watching;
      stopwatch[Symbol.dispose]();
      await connection.close();
    },
  };
}
