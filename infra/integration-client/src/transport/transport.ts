// One attempt on the wire. Whether a failed attempt may have reached the provider decides whether a write may be sent again, so a transport
// has to know it.
import type { EndSignal } from '../policies/ending.ts';

export type TransportRequest = {
  method: string;
  url: string;
  headers: Readonly<Record<string, string>>;
  body?: Buffer;
  signal: EndSignal;
  /** An authorizer's own connections (client certificates). */
  dispatcher?: unknown;
};

/** Header names in lower case; several fields of one name are joined by `, `. */
export type TransportResponse = { status: number; headers: Readonly<Record<string, string>>; body: Buffer };

/** Throws TransportFailure, nothing else. */
export type Transport = (request: TransportRequest) => Promise<TransportResponse>;

export type TransportFailureKind = 'dns' | 'connect' | 'tls' | 'reset' | 'aborted' | 'protocol' | 'too-large';

export class TransportFailure extends Error {
  override readonly name = 'TransportFailure';
  readonly kind: TransportFailureKind;
  /** `no`: not a byte of the request was handed to a connection. */
  readonly sent: 'no' | 'maybe';

  constructor(kind: TransportFailureKind, sent: 'no' | 'maybe', cause?: unknown) {
    super(`The transport failed (${kind}).`, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.sent = sent;
  }
}
