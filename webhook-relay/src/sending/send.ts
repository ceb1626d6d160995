// One attempt over the network. Everything that goes to a URL somebody else gave goes through here: challenge, test, delivery, retry, replay.
import { LRUCache } from 'lru-cache';
import { buildConnector, type Pool } from 'undici';
import { createAborts } from './aborts.ts';
import { exchange } from './exchange.ts';
import { type AddressPolicy, type CheckedUrl, checkUrl, guardedLookup, type Resolve } from './guard-address.ts';
import { createReceiverPool } from './receiver-pool.ts';
import { createResolve } from './resolve-name.ts';
import type { SendOutcome } from './send-outcome.ts';

export const SEND_TIMEOUT_MS = 30_000;

/** Sent with every request, beside the headers of the attempt. */
export const COMMON_HEADERS = {
  'content-type': 'application/json',
  'user-agent': 'Portico-Webhooks/1',
  // A response is kept as it comes; nothing here decompresses.
  'accept-encoding': 'identity',
} as const;

export type SendRequest = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Over name, connection, headers and body together. */
  readonly timeoutMs?: number;
  readonly signal: AbortSignal;
};

export type Sender = AsyncDisposable & {
  /** Never rejects for what the URL, the network or the receiver does. Redirects are not followed: a 3xx is an answer like any other. */
  send(request: SendRequest): Promise<SendOutcome>;
};

export type SenderOptions = {
  readonly policy: AddressPolicy;
  readonly resolve?: Resolve;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
  /** Receivers whose connections are kept; the one unused longest goes first. */
  readonly maxReceivers?: number;
  readonly maxConnectionsPerReceiver?: number;
  /** Trusted instead of the well-known roots: for tests. */
  readonly ca?: string | Buffer;
};

const CONNECT_TIMEOUT_MS = 10_000;
const CONNECTION_LIFE_MS = 10_000;
const MAX_HEADER_BYTES = 16 * 1024;
const URLS_MAX = 5_000;

export function createSender(options: SenderOptions): Sender {
  const { policy, resolve = createResolve(), now = () => performance.now(), maxReceivers = 1_000, maxConnectionsPerReceiver = 8 } = options;
  const aborts = createAborts();
  const urls = new LRUCache<string, CheckedUrl>({ max: URLS_MAX, memoMethod: (text) => checkUrl(text, policy) });
  const pools = new LRUCache<string, Pool>({
    max: maxReceivers,
    // What is under way on it is finished first.
    dispose: (pool) => {
      if (!pool.destroyed) void pool.close();
    },
  });
  const poolOf = (origin: string): Pool => {
    const known = pools.get(origin);
    if (known !== undefined) return known;
    const connector = buildConnector({
      lookup: guardedLookup(policy, resolve),
      autoSelectFamily: true,
      allowH2: false,
      timeout: CONNECT_TIMEOUT_MS,
      minVersion: 'TLSv1.2',
      ...(options.ca === undefined ? {} : { ca: options.ca }),
    });
    const pool = createReceiverPool(origin, {
      connector,
      maxConnections: maxConnectionsPerReceiver,
      maxHeaderBytes: MAX_HEADER_BYTES,
      connectionLifeMs: CONNECTION_LIFE_MS,
      now,
    });
    pools.set(origin, pool);
    return pool;
  };
  return {
    async send({ url: text, headers, body, timeoutMs = SEND_TIMEOUT_MS, signal }) {
      // The same text is judged alike each time; addresses are judged with each connection.
      const checked = urls.memo(text);
      if (!checked.ok) {
        const error = { code: 'blocked_url', message: `The URL: ${checked.problem}` } as const;
        return { kind: 'failed', error, timings: { totalMs: 0 } };
      }
      const { origin, path } = checked;
      const request = { path, headers: { ...COMMON_HEADERS, ...headers }, body, signal, aborts, now };
      const outcome = await exchange(poolOf(origin), { ...request, timeoutMs });
      if (!wentStale(outcome)) return outcome;
      return exchange(poolOf(origin), { ...request, timeoutMs: timeoutMs - outcome.timings.totalMs });
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
      pools.clear();
    },
  };
}

/**
 * Whether a connection that was kept open turned out to be closed. Receivers close idle connections without a word; that is no failure of theirs, so
 * the attempt goes out once more. Should the request have arrived all the same, the receiver knows the event by its id.
 */
function wentStale(outcome: SendOutcome): boolean {
  return outcome.kind === 'failed' && outcome.error.code === 'reset' && outcome.timings.connectMs === undefined;
}
