// One request and its response under one deadline. It takes undici's events directly: what is kept is counted as it comes, and a receiver that
// sends more than is kept, or never ends, loses its connection.
import type { Dispatcher, Pool } from 'undici';
import { failure, nameFailure, type SendFailure } from './name-failure.ts';
import type { ExchangeHandler } from './receiver-pool.ts';
import type { SendOutcome, SendTimings } from './send-outcome.ts';

export const MAX_BODY_BYTES = 64 * 1024;
/** Informational responses (1xx) before the real one. A receiver that sends more is not answering. */
const MAX_INTERIM = 16;
/** A body of single bytes would otherwise be kept as 65536 buffers. */
const MAX_CHUNKS = 256;

export type ExchangeRequest = {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly now: () => number;
};

type Answer = { status: number; headers: Record<string, string>; firstByteAtMs: number };
type Cut = 'size' | 'deadline' | 'connection';

/** Never rejects for what the receiver or the network does. */
export function exchange(pool: Pool, { path, headers, body, timeoutMs, signal, now }: ExchangeRequest): Promise<SendOutcome> {
  return new Promise((resolve) => {
    const startedAtMs = now();
    let controller: Dispatcher.DispatchController | undefined;
    let answer: Answer | undefined;
    let interim = 0;
    let over = false;
    const received = collectBody();
    const handler: ExchangeHandler = {
      onRequestStart(given) {
        // The deadline may have come while the connection was being made: nothing is sent any more.
        if (over) given.abort(new Error('over'));
        else controller = given;
      },
      onResponseStart(_given, status, fields) {
        if (status >= 200) answer = { status, headers: plainHeaders(fields), firstByteAtMs: now() };
        else if (++interim > MAX_INTERIM) finish(undefined, failure('protocol'));
      },
      onResponseData(_given, chunk) {
        if (!received.add(chunk)) finish('size', failure('protocol'));
      },
      onResponseEnd: () => finish(undefined, failure('protocol')),
      onResponseError: (_given, error) =>
        finish('connection', nameFailure(error, handler.carrier?.connection?.connectedAtMs !== undefined)),
    };
    const onAbort = (): void => finish('deadline', failure('aborted'));
    const timer = setTimeout(() => finish('deadline', failure('timeout')), timeoutMs);

    /** The first call decides. With a status in hand the attempt is answered, however its body ended; without one it failed. */
    function finish(cut: Cut | undefined, failed: SendFailure): void {
      if (over) return;
      over = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      const { timings, remoteAddress } = trace(handler, startedAtMs, now());
      const address = remoteAddress === undefined ? {} : { remoteAddress };
      if (answer === undefined) resolve({ kind: 'failed', error: failed, timings, ...address });
      else {
        const { status, firstByteAtMs } = answer;
        const truncated = cut === undefined ? { truncated: false } : { truncated: true, truncatedBy: cut };
        const firstByteMs = elapsed(startedAtMs, firstByteAtMs);
        const kept = { headers: answer.headers, body: received.bytes() };
        resolve({ kind: 'answered', status, ...kept, ...truncated, timings: { ...timings, firstByteMs }, ...address });
      }
      // After a complete response there is nothing to abort, and the connection stays.
      controller?.abort(new Error('over'));
    }

    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    pool.dispatch({ method: 'POST', path, headers, body }, handler);
  });
}

/** Keeps what fits; `add` is false once something did not. */
function collectBody(): { add(chunk: Buffer): boolean; bytes(): Buffer } {
  let chunks: Buffer[] = [];
  let size = 0;
  return {
    add(chunk) {
      const fits = chunk.subarray(0, MAX_BODY_BYTES - size);
      size += fits.length;
      chunks.push(fits);
      if (chunks.length > MAX_CHUNKS) chunks = [Buffer.concat(chunks)];
      return fits.length === chunk.length;
    },
    bytes: () => Buffer.concat(chunks),
  };
}

function plainHeaders(fields: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value = '']) => [name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]),
  );
}

/** What the connection took counts only when this exchange opened it. */
function trace(
  handler: ExchangeHandler,
  startedAtMs: number,
  endedAtMs: number,
): { timings: SendTimings; remoteAddress: string | undefined } {
  const totalMs = elapsed(startedAtMs, endedAtMs);
  const connection = handler.carrier?.connection;
  if (connection === undefined) return { timings: { totalMs }, remoteAddress: undefined };
  const { openedAtMs, resolvedAtMs, connectedAtMs, securedAtMs, remoteAddress } = connection;
  if (openedAtMs < startedAtMs) return { timings: { totalMs }, remoteAddress };
  const timings = {
    ...(resolvedAtMs === undefined ? {} : { dnsMs: elapsed(openedAtMs, resolvedAtMs) }),
    ...(connectedAtMs === undefined ? {} : { connectMs: elapsed(resolvedAtMs ?? openedAtMs, connectedAtMs) }),
    ...(securedAtMs === undefined || connectedAtMs === undefined ? {} : { tlsMs: elapsed(connectedAtMs, securedAtMs) }),
    totalMs,
  };
  return { timings, remoteAddress };
}

/** To a tenth of a millisecond. */
function elapsed(fromMs: number, toMs: number): number {
  return Math.round((toMs - fromMs) * 10) / 10;
}
