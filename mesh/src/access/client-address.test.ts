import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createClientAddress } from './client-address.ts';

function addressOf(trusted: string[], connection: string, forwarded?: string): string {
  const incoming = { headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }, socket: { remoteAddress: connection } };
  // Of a socket only the address is looked at.
  return createClientAddress(trusted)(incoming as Pick<IncomingMessage, 'headers' | 'socket'>);
}

describe('the address of a client', () => {
  it.each<[string, string[], string, string | undefined, string]>([
    ['is the connection’s when no proxy is trusted, whatever a header says', [], '203.0.113.7', '198.51.100.1', '203.0.113.7'],
    ['is the connection’s when that is no trusted proxy’s', ['10.0.0.0/8'], '203.0.113.7', '198.51.100.1', '203.0.113.7'],
    ['is the one that a trusted proxy saw', ['10.0.0.0/8'], '10.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['is not one that the client claims', ['10.0.0.0/8'], '10.0.0.1', '192.0.2.1, 198.51.100.1', '198.51.100.1'],
    ['is the one before a chain of trusted proxies', ['10.0.0.0/8'], '::ffff:10.0.0.1', '198.51.100.1, 10.0.0.9', '198.51.100.1'],
    ['is the proxy’s own when it says nothing', ['10.0.0.0/8'], '10.0.0.1', undefined, '10.0.0.1'],
  ])('%s', (_, trusted, connection, forwarded, expected) => {
    expect(addressOf(trusted, connection, forwarded)).toBe(expected);
  });
});
