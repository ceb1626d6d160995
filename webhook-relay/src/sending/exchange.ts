// One request and its response under one deadline. It takes undici's events directly: what is kept is counted as it comes, and a receiver that
// sends more than is kept, or never ends, loses its connection.
import type { Dispatcher, Pool } from 'undici';
import type { Aborts } from './aborts.ts';
import { failure, nameFailure, type SendFailure, timeoutFailure } from './name-failure.ts';
import type { ExchangeHandler } from './receiver-pool.ts';
import type { SendOutcome, SendTimings } from './send-outcome.ts';

export const MAX_BODY_BYTES = 64 * 1024;
/** Informational responses (1xx) before the real one. A receiver that sends more is not answering. */
const MAX_INTERIM = 16;
/** A body of single bytes would otherwise be kept as 65536 buffers. */
const MAX_CHUNKS = 256;
/** Why undici is to drop an exchange: nobody reads it. Made once, because an error collects its stack when it is made: 15 µs. */
const OVER = new Error('over');

export type ExchangeRequest = {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly aborts: Aborts;
  readonly now: () => number;
};

type Answer = { status: number; headers: Record<string, string>; firstByteAtMs: number };
type Cut = 'size' | 'deadline' | 'connection';

/** Never rejects for what the receiver or the network does. */
export function exchange(pool: Pool, { path, headers, body, timeoutMs, signal, aborts, now }: ExchangeRequest): Promise<SendOutcome> {
  return new Promise((resolve) => {
    // Undici's objects keep the handler for longer than the exchange lasts, and a promise's `resolve` keeps the outcome: 64 KiB of body.
    let settle: ((outcome: SendOutcome) => void) | undefined = resolve;
    const startedAtMs = now();
    const received = collectBody();
    let controller: Dispatcher.DispatchController | undefined;
    let answer: Answer | undefined;
    let interim = 0;

    /** The first call decides. With a status in hand the attempt is answered, however its body ended; without one it failed. */
    const finish = (cut: Cut | undefined, failed: SendFailure): void => {
      if (settle === undefined) return;
      const done = settle;
      settle = undefined;
      clearTimeout(timer);
      aborts.off(signal, onAbort);
      const traced = trace(handler, startedAtMs, now());
      if (answer === undefined) done({ kind: 'failed', error: failed, ...traced });
      else done(answered(answer, received.bytes(), cut, startedAtMs, traced));
      // After a complete response there is nothing to abort, and the connection stays.
      if (answer === undefined || cut !== undefined) controller?.abort(OVER);
    };
    const handler: ExchangeHandler = {
      onRequestStart(given) {
        // The deadline may have come while the connection was being made: nothing is sent any more.
        if (settle === undefined) given.abort(OVER);
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
      onResponseError: (_given, error) => finish('connection', nameFailure(error, handler.carrier?.connection?.ready === true)),
    };
    const onAbort = (): void => finish('deadline', failure('aborted'));
    const timer = setTimeout(() => finish('deadline', timeoutFailure(handler.carrier?.connection)), timeoutMs);
    if (signal.aborted) return onAbort();
    aborts.on(signal, onAbort);
    pool.dispatch({ method: 'POST', path, headers, body }, handler);
  });
}

function answered(
  { status, headers, firstByteAtMs }: Answer,
  body: Buffer,
  cut: Cut | undefined,
  startedAtMs: number,
  traced: Traced,
): SendOutcome {
  const timings = { ...traced.timings, firstByteMs: elapsed(startedAtMs, firstByteAtMs) };
  const truncated = cut === undefined ? { truncated: false } : { truncated: true, truncatedBy: cut };
  return { kind: 'answered', status, headers, body, ...truncated, ...traced, timings };
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
    bytes() {
      const all = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
      chunks = [];
      return all;
    },
  };
}

function plainHeaders(fields: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value = ''] of Object.entries(fields)) plain[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  return plain;
}

type Traced = { timings: SendTimings; remoteAddress?: string };

/** What the connection took counts only when this exchange opened it. */
function trace({ carrier }: ExchangeHandler, startedAtMs: number, endedAtMs: number): Traced {
  const totalMs = elapsed(startedAtMs, endedAtMs);
  const connection = carrier?.connection;
  if (connection === undefined) return { timings: { totalMs } };
  const { openedAtMs, resolvedAtMs, connectedAtMs, securedAtMs } = connection;
  const remoteAddress = connection.remoteAddress === undefined ? {} : { remoteAddress: connection.remoteAddress };
  if (openedAtMs < startedAtMs) return { timings: { totalMs }, ...remoteAddress };
  const timings = {
    ...(resolvedAtMs === undefined ? {} : { dnsMs: elapsed(openedAtMs, resolvedAtMs) }),
    ...(connectedAtMs === undefined ? {} : { connectMs: elapsed(resolvedAtMs ?? openedAtMs, connectedAtMs) }),
    ...(securedAtMs === undefined || connectedAtMs === undefined ? {} : { tlsMs: elapsed(connectedAtMs, securedAtMs) }),
    totalMs,
  };
  return { timings, ...remoteAddress };
}

/** To a tenth of a millisecond. */
function elapsed(fromMs: number, toMs: number): number {
  return Math.round((toMs - fromMs) * 10) / 10;
}
