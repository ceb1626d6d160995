// What an error of a socket, of TLS or of undici is called in a delivery's log. The texts are ours: those of the libraries carry addresses.
import type { Connection } from './receiver-pool.ts';
import type { SendErrorCode } from './send-outcome.ts';

export type SendFailure = { readonly code: SendErrorCode; readonly message: string };

const FAILURES = {
  dns: 'The host name could not be resolved.',
  connect: 'No connection could be made.',
  tls: 'The TLS handshake failed.',
  timeout: 'There was no answer within the time allowed.',
  reset: 'The receiver closed the connection before it answered.',
  protocol: 'The answer is not valid HTTP/1.1, or its headers are too large.',
  aborted: 'The attempt was given up.',
  blocked_address: 'The host name has an address that is not public.',
} as const satisfies Partial<Record<SendErrorCode, string>>;

const CODES: Readonly<Record<string, keyof typeof FAILURES>> = {
  blocked_address: 'blocked_address',
  UND_ERR_CONNECT_TIMEOUT: 'connect',
  ECONNREFUSED: 'connect',
  EHOSTUNREACH: 'connect',
  ENETUNREACH: 'connect',
  EADDRNOTAVAIL: 'connect',
  ETIMEDOUT: 'connect',
  UND_ERR_SOCKET: 'reset',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'reset',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  UND_ERR_HEADERS_OVERFLOW: 'protocol',
  // The sender was disposed of.
  UND_ERR_DESTROYED: 'aborted',
  UND_ERR_CLOSED: 'aborted',
};
const DNS = /^(?:E(?:NOTFOUND|NODATA|SERVFAIL|FORMERR|NOTIMP|REFUSED|BADNAME|BADRESP|BADQUERY|TIMEOUT|CANCELLED|AI_\w+))$/;
const TLS = /^(?:ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH|EPROTO$)/;

/** `connected`: whether the connection was ready for requests. */
export function nameFailure(error: Error, connected: boolean): SendFailure {
  const found = kindOf(error);
  // Who hangs up in the middle of the handshake has refused the connection, not the request.
  const code = found === 'reset' && !connected ? 'connect' : found;
  const detail = code === 'tls' ? tlsReason(error) : undefined;
  return { code, message: detail === undefined ? FAILURES[code] : `${FAILURES[code]} ${detail}` };
}

/** How far an attempt got before its deadline, by the connection that carried it. */
export function timeoutFailure(connection: Connection | undefined): SendFailure {
  return { code: 'timeout', message: `${FAILURES.timeout} By then ${phaseOf(connection)}.` };
}

function phaseOf(connection: Connection | undefined): string {
  if (connection === undefined) return 'no connection was free';
  if (connection.ready) return 'the request was sent and no status came';
  if (connection.connectedAtMs !== undefined) return 'the TLS handshake did not end';
  return connection.named && connection.resolvedAtMs === undefined ? 'the host name was not resolved' : 'no connection came to stand';
}

export function failure(code: keyof typeof FAILURES): SendFailure {
  return { code, message: FAILURES[code] };
}

function kindOf(error: Error): keyof typeof FAILURES {
  // A name server can refuse a connection too.
  if ('syscall' in error && typeof error.syscall === 'string' && error.syscall.startsWith('query')) return 'dns';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (Object.hasOwn(CODES, code)) return CODES[code] ?? 'protocol';
  if (DNS.test(code)) return 'dns';
  if (TLS.test(code)) return 'tls';
  // With several addresses, core reports all that failed.
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return kindOf(error.errors[0]);
  return 'protocol';
}

/** The reasons a partner can do something about, by OpenSSL's and core's codes. */
function tlsReason(error: Error): string | undefined {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'The certificate is for another name.';
  if (code === 'CERT_HAS_EXPIRED') return 'The certificate has expired.';
  if (code === 'DEPTH_ZERO_SELF_SIGNED_CERT' || code === 'SELF_SIGNED_CERT_IN_CHAIN') return 'The certificate is self-signed.';
  if (code === 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' || code === 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY') {
    return 'The chain of certificates is incomplete or ends in a root that is not trusted.';
  }
  return undefined;
}
