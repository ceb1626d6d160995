// Pull requests to a JetStream consumer, at the level of the protocol (NATS ADR-13): the client's own way of fetching without waiting has
// no end when the connection breaks in between.
import { createInbox, type Msg, type NatsConnection, nanos } from 'nats';

export type PullSource = { connection: NatsConnection; stream: string; durable: string; batchMax: number };

/** An idle consumer asks again this often; a message that comes meanwhile is handed out at once. */
const WAIT_MS = 2_000;
/** On top of what the server may take: after this it counts as gone. */
const ANSWER_MS = 5_000;
/** What the server says when it has no message, or no more. */
const NO_MORE = new Set([404, 408]);

/**
 * What is there now, at most a batch; else the next message as soon as it comes, with what came along. Empty when none came for a while
 * or the signal was aborted. Throws when the consumer or the server is gone.
 */
export async function pullBatch(source: PullSource, signal: AbortSignal): Promise<Msg[]> {
  const ready = await pull(source, { batch: source.batchMax, waitMs: 0 }, signal);
  if (ready.length > 0 || signal.aborted) return ready;
  const first = await pull(source, { batch: 1, waitMs: WAIT_MS }, signal);
  if (first.length === 0 || source.batchMax === 1 || signal.aborted) return first;
  return [...first, ...(await pull(source, { batch: source.batchMax - 1, waitMs: 0 }, signal))];
}

function pull(source: PullSource, { batch, waitMs }: { batch: number; waitMs: number }, signal: AbortSignal): Promise<Msg[]> {
  const { connection, stream, durable } = source;
  return new Promise((resolve, reject) => {
    const messages: Msg[] = [];
    const inbox = createInbox();
    const subscription = connection.subscribe(inbox, {
      callback: (error, message) => {
        if (error !== null) return end(error);
        const status = message.headers?.code ?? 0;
        if (status === 0) messages.push(message);
        else if (!NO_MORE.has(status)) return end(new Error(`NATS answered a pull with ${status} ${message.headers?.description ?? ''}.`));
        if (status !== 0 || messages.length === batch) end();
      },
    });
    const timer = setTimeout(() => end(new Error('NATS did not answer a pull.')), waitMs + ANSWER_MS);
    // Messages that still come stay unacknowledged and go to whoever consumes next.
    const abort = (): void => end();
    signal.addEventListener('abort', abort, { once: true });
    const end = (error?: Error): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      subscription.unsubscribe();
      if (error === undefined) resolve(messages);
      else reject(error);
    };
    const request = { batch, ...(waitMs === 0 ? { no_wait: true } : { expires: nanos(waitMs) }) };
    connection.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${durable}`, JSON.stringify(request), { reply: inbox });
  });
}
