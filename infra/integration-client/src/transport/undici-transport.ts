// undici's dispatcher with a handler of our own: the answer is collected without a stream in between, and undici itself tells when it begins
// to write a request, which is how `sent` is known. An attempt ends when its signal says so, even while undici still connects.
import type { IncomingHttpHeaders } from 'node:http';
import { Agent, Dispatcher } from 'undici';
import type { EndSignal } from '../policies/ending.ts';
import { type Transport, TransportFailure, type TransportFailureKind, type TransportRequest, type TransportResponse } from './transport.ts';

export type UndiciTransport = Transport & AsyncDisposable;

const MAX_BODY_BYTES = 5 * 1024 * 1024;
const CONNECT_TIMEOUT_MS = 5_000;

/** `maxBodyBytes`: a longer answer is a failure. Default: 5 MiB. Redirects are answers like others: nothing follows them. */
export function createUndiciTransport({ maxBodyBytes = MAX_BODY_BYTES }: { maxBodyBytes?: number } = {}): UndiciTransport {
  // The attempt's signal is the only clock: undici's own timeouts would cut a call that declares a longer deadline.
  const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0, allowH2: false, connect: { timeout: CONNECT_TIMEOUT_MS } });
  const transport = (request: TransportRequest): Promise<TransportResponse> =>
    new Promise((resolve, reject) => {
      const exchange = new Exchange(request.signal, maxBodyBytes, resolve, reject);
      if (request.signal.aborted) return exchange.stop();
      // An authorizer's connections are opaque to the call; they are undici's, or nothing that can be used here.
      const dispatcher = request.dispatcher instanceof Dispatcher ? request.dispatcher : agent;
      const pathAt = request.url.indexOf('/', request.url.indexOf('://') + 3);
      try {
        dispatcher.dispatch(
          {
            origin: request.url.slice(0, pathAt),
            path: request.url.slice(pathAt),
            method: request.method,
            headers: request.headers,
            body: request.body,
          },
          exchange,
        );
      } catch (error) {
        exchange.onResponseError(undefined, error);
      }
    });
  return Object.assign(transport, { [Symbol.asyncDispose]: () => agent.destroy() });
}

class Exchange implements Dispatcher.DispatchHandler {
  readonly #signal: EndSignal;
  readonly #maxBodyBytes: number;
  readonly #resolve: (response: TransportResponse) => void;
  readonly #reject: (failure: TransportFailure) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #failure: TransportFailure | undefined;
  #status = 0;
  #headers: Readonly<Record<string, string>> = {};
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(
    signal: EndSignal,
    maxBodyBytes: number,
    resolve: (response: TransportResponse) => void,
    reject: (failure: TransportFailure) => void,
  ) {
    this.#signal = signal;
    this.#maxBodyBytes = maxBodyBytes;
    this.#resolve = resolve;
    this.#reject = reject;
    signal.addEventListener('abort', this.stop);
  }

  readonly stop = (): void => this.#fail('aborted');

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Given up while it waited for a connection: it is not written at all.
    if (this.#failure !== undefined) controller.abort(this.#failure);
    else this.#controller = controller;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    // 103 and the like come before the answer.
    if (status < 200) return;
    this.#status = status;
    this.#headers = joined(headers);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#maxBodyBytes) this.#fail('too-large');
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.#failure !== undefined) return;
    this.#signal.removeEventListener('abort', this.stop);
    const [first] = this.#chunks;
    const body = this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks, this.#bytes);
    this.#resolve({ status: this.#status, headers: this.#headers, body });
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: unknown): void {
    this.#fail(kindOf(error, this.#controller !== undefined), error);
  }

  #fail(kind: TransportFailureKind, cause?: unknown): void {
    if (this.#failure !== undefined) return;
    this.#signal.removeEventListener('abort', this.stop);
    this.#failure = new TransportFailure(kind, this.#controller === undefined ? 'no' : 'maybe', cause);
    this.#reject(this.#failure);
    this.#controller?.abort(this.#failure);
  }
}

/** In place: undici has made the object for this answer alone. */
function joined(headers: IncomingHttpHeaders): Record<string, string> {
  for (const name in headers) {
    const value = headers[name];
    if (Array.isArray(value)) headers[name] = value.join(', ');
  }
  // Every value is a text now.
  return headers as Record<string, string>;
}

const DNS = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA', 'EAI_NONAME']);
const TLS = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH|EPROTO)/;
const PROTOCOL = /^(HPE_|UND_ERR_(HEADERS_OVERFLOW|RES_CONTENT_LENGTH_MISMATCH|REQ_CONTENT_LENGTH_MISMATCH|INVALID_ARG|NOT_SUPPORTED))/;

function kindOf(error: unknown, started: boolean): TransportFailureKind {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (PROTOCOL.test(code) || (error instanceof Error && error.name === 'HTTPParserError')) return 'protocol';
  // With TLS 1.3 a server refuses a certificate when the request may have been written already.
  if (TLS.test(code)) return 'tls';
  if (started) return 'reset';
  return DNS.has(code) ? 'dns' : 'connect';
}
