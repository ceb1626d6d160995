// The network of a test client: requests are matched to declared operations and answered by what the test has set for them. Nothing leaves the
// process.
import type { Provider } from '../../define-provider.ts';
import type { EndSignal } from '../../policies/ending.ts';
import { pause } from '../../policies/pause.ts';
import {
  type Transport,
  TransportFailure,
  type TransportFailureKind,
  type TransportRequest,
  type TransportResponse,
} from '../../transport/transport.ts';
import { type Fault, type Reply, type ReplyParts, readReply } from './reply.ts';
import type { VirtualClock } from './virtual-clock.ts';

export type SentRequest = {
  /** By its name in the client. */
  readonly provider: string;
  readonly operation: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed. */
  readonly body: unknown;
  /** Milliseconds since the client was made. */
  readonly at: number;
  /** The connections that present a client certificate: others when the certificate is another one. */
  readonly connections: unknown;
};

export type VirtualNetwork = {
  readonly transport: Transport;
  readonly requests: readonly SentRequest[];
  /** One for each request, in turn; the last one stays. Instead of what was set before. */
  reply(provider: string, operation: string, replies: readonly Reply[]): void;
};

type Route = {
  provider: string;
  operation: string;
  method: string;
  pattern: RegExp;
  values: number;
  script: { replies: readonly Reply[] };
};

export function createVirtualNetwork(providers: Readonly<Record<string, Provider>>, clock: VirtualClock): VirtualNetwork {
  const routes = routesOf(providers);
  const requests: SentRequest[] = [];
  return {
    requests,
    reply(provider, operation, replies) {
      const route = routes.find((known) => known.provider === provider && known.operation === operation);
      if (route === undefined) throw new TypeError(`There is no operation ${provider}.${operation}.`);
      route.script.replies = replies;
    },
    async transport(request) {
      const route = routes.find(({ method, pattern }) => method === request.method && pattern.test(request.url));
      if (route === undefined) throw new TypeError(`No declared operation is ${request.method} ${request.url}.`);
      const [reply, ...rest] = route.script.replies;
      if (reply === undefined) throw new TypeError(`${route.provider}.${route.operation} was asked, and the test has set no reply.`);
      if (rest.length > 0) route.script.replies = rest;
      requests.push(sentRequest(route, request, clock.elapsed));
      return await answer(readReply(reply), request.signal, clock);
    },
  };
}

/** The most exact path first. Operations of one method and path cannot be told apart on the wire: they share their replies. */
function routesOf(providers: Readonly<Record<string, Provider>>): Route[] {
  const scripts = new Map<string, Route['script']>();
  const routes = Object.entries(providers).flatMap(([provider, { baseUrl, operations }]) =>
    Object.entries(operations).map(([operation, { method, path }]): Route => {
      const address = `${baseUrl.replace(/\/+$/, '')}${path}`;
      const place = `${method} ${address.replace(/\{\w+\}/g, '{}')}`;
      const script = scripts.get(place) ?? { replies: [] };
      scripts.set(place, script);
      const parts = address.split(/\{\w+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
      return { provider, operation, method, pattern: new RegExp(`^${parts.join('[^/?]+')}(?:\\?.*)?$`), values: parts.length, script };
    }),
  );
  return routes.sort((one, other) => one.values - other.values);
}

function sentRequest(
  { provider, operation }: Route,
  { method, url, headers, body, dispatcher }: TransportRequest,
  at: number,
): SentRequest {
  return { provider, operation, method, url, headers, body: readBody(headers['content-type'], body), at, connections: dispatcher };
}

function readBody(type: string | undefined, body: Buffer | undefined): unknown {
  if (body === undefined) return undefined;
  return type === 'application/x-www-form-urlencoded'
    ? Object.fromEntries(new URLSearchParams(body.toString()))
    : (JSON.parse(body.toString()) as unknown);
}

const FAULTS: Readonly<Record<Exclude<Fault, 'hang'>, [kind: TransportFailureKind, sent: 'no' | 'maybe']>> = {
  unreachable: ['connect', 'no'],
  reset: ['reset', 'maybe'],
  'too-large': ['too-large', 'maybe'],
  tls: ['tls', 'no'],
};

async function answer(reply: ReplyParts, signal: EndSignal, clock: VirtualClock): Promise<TransportResponse> {
  const { status = 200, fault, delayMs = 0 } = reply;
  if (fault === 'hang') await ended(signal);
  try {
    if (delayMs > 0) await pause(delayMs, signal, clock.startTimer);
  } catch {
    throw new TransportFailure('aborted', 'maybe');
  }
  if (fault !== undefined && fault !== 'hang') throw new TransportFailure(...FAULTS[fault]);
  const after: Record<string, string> = reply.after === undefined ? {} : { 'retry-after': String(reply.after) };
  return { status, headers: { 'content-type': 'application/json', ...after, ...reply.headers }, body: bodyOf(reply) };
}

function bodyOf({ body = {} }: ReplyParts): Buffer {
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

function ended(signal: EndSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const end = (): void => reject(new TransportFailure('aborted', 'maybe'));
    if (signal.aborted) return end();
    signal.addEventListener('abort', end, { once: true });
  });
}
