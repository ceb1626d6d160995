import type { IncomingMessage } from 'node:http';
import { addressCheck } from './address-check.ts';

/** Where a request comes from. */
export type ClientAddress = (incoming: Pick<IncomingMessage, 'headers' | 'socket'>) => string;

/**
 * The address of the connection; behind a trusted proxy (CIDR blocks) the last one of `X-Forwarded-For` that is no trusted proxy's itself.
 * What stands before it was written by the client and proves nothing.
 */
export function createClientAddress(trustedProxies: readonly string[]): ClientAddress {
  if (trustedProxies.length === 0) return ({ socket }) => socket.remoteAddress ?? '';
  const isTrusted = addressCheck(trustedProxies);
  return ({ headers, socket }) => {
    let address = socket.remoteAddress ?? '';
    const forwarded = String(headers['x-forwarded-for'] ?? '').split(',');
    while (isTrusted(address)) {
      const before = forwarded.pop()?.trim();
      if (before === undefined || before === '') break;
      address = before;
    }
    return address;
  };
}
