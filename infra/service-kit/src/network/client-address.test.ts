import { describe, expect, it } from 'vitest';
import { createClientAddress } from './client-address.ts';

const PROXIES = ['10.0.0.0/8', '2001:db8:ffff::/48', '192.0.2.10'];

function clientOf(peer: string | undefined, headers: Record<string, string>, trusted: readonly string[] = PROXIES): string {
  return createClientAddress(trusted)({ headers, socket: { remoteAddress: peer } });
}

describe('the address of a client', () => {
  it.each([
    ['is its own without a proxy', '203.0.113.7', {}, '203.0.113.7'],
    ['is that of a peer that is no trusted proxy, whatever it says', '203.0.113.7', { 'x-forwarded-for': '198.51.100.1' }, '203.0.113.7'],
    ['the same in Forwarded', '203.0.113.7', { forwarded: 'for=198.51.100.1' }, '203.0.113.7'],
    ['is the proxy itself when it says nothing', '10.1.1.1', {}, '10.1.1.1'],
    ['is what a trusted proxy says', '10.1.1.1', { 'x-forwarded-for': '203.0.113.7' }, '203.0.113.7'],
    ['is not what the client said before the proxy did', '10.1.1.1', { 'x-forwarded-for': '127.0.0.1, 203.0.113.7' }, '203.0.113.7'],
    ['not even when it claims to be a proxy', '10.1.1.1', { 'x-forwarded-for': '198.51.100.1, 10.9.9.9, 203.0.113.7' }, '203.0.113.7'],
    ['is found behind several proxies', '10.1.1.1', { 'x-forwarded-for': '203.0.113.7, 192.0.2.10,10.2.2.2' }, '203.0.113.7'],
    ['is the furthest proxy when there are only proxies', '10.1.1.1', { 'x-forwarded-for': '10.3.3.3, 10.2.2.2' }, '10.3.3.3'],
    ['ends at what is no address', '10.1.1.1', { 'x-forwarded-for': '203.0.113.7, unknown, 10.2.2.2' }, '10.2.2.2'],
    ['ends at an empty entry', '10.1.1.1', { 'x-forwarded-for': '203.0.113.7, ' }, '10.1.1.1'],
    ['ends at an address out of range', '10.1.1.1', { 'x-forwarded-for': '203.0.113.777' }, '10.1.1.1'],
    ['may come with a port', '10.1.1.1', { 'x-forwarded-for': '203.0.113.7:4711' }, '203.0.113.7'],
    ['may be IPv6', '2001:db8:ffff::1', { 'x-forwarded-for': '2001:db8::7' }, '2001:db8::7'],
    ['IPv6 with a port', '10.1.1.1', { 'x-forwarded-for': '[2001:db8::7]:4711' }, '2001:db8::7'],
    ['is plain when the socket shows it mapped', '::ffff:203.0.113.7', {}, '203.0.113.7'],
    ['of a mapped proxy', '::ffff:10.1.1.1', { 'x-forwarded-for': '::FFFF:203.0.113.7' }, '203.0.113.7'],
    ['is in Forwarded', '10.1.1.1', { forwarded: 'for=203.0.113.7;proto=https;by=10.1.1.1' }, '203.0.113.7'],
    ['in Forwarded, from the right', '10.1.1.1', { forwarded: 'for=127.0.0.1, For="203.0.113.7:80"; proto=http' }, '203.0.113.7'],
    ['in Forwarded, IPv6', '10.1.1.1', { forwarded: 'proto=https;for="[2001:db8::7]:4711"' }, '2001:db8::7'],
    ['in Forwarded, hidden', '10.1.1.1', { forwarded: 'for=203.0.113.7, for=_gazonk' }, '10.1.1.1'],
    ['in Forwarded without for', '10.1.1.1', { forwarded: 'for=203.0.113.7, proto=https' }, '10.1.1.1'],
    ['in Forwarded with a quote that the client left open', '10.1.1.1', { forwarded: 'for="127.0.0.1, for=203.0.113.7' }, '10.1.1.1'],
    ['with a quote that swallows', '10.1.1.1', { forwarded: 'for=127.0.0.1;x=", for="[2001:db8::7]"' }, '10.1.1.1'],
    ['in both headers alike', '10.1.1.1', { forwarded: 'for=203.0.113.7', 'x-forwarded-for': '203.0.113.7' }, '203.0.113.7'],
    [
      'is the peer when one header was passed on unread',
      '10.1.1.1',
      { forwarded: 'for=127.0.0.1', 'x-forwarded-for': '203.0.113.7' },
      '10.1.1.1',
    ],
    ['is the peer when the other one was', '10.1.1.1', { forwarded: 'for=203.0.113.7', 'x-forwarded-for': '127.0.0.1' }, '10.1.1.1'],
    ['is empty when the socket is gone', undefined, { 'x-forwarded-for': '203.0.113.7' }, ''],
  ])('%s', (_name, peer, headers, client) => {
    expect(clientOf(peer, headers as Record<string, string>)).toBe(client);
  });

  it('is the peer when no proxy is trusted, even on loopback', () => {
    expect(clientOf('127.0.0.1', { 'x-forwarded-for': '203.0.113.7', forwarded: 'for=203.0.113.7' }, [])).toBe('127.0.0.1');
  });

  it('is found in time in a header as long as headers may be', () => {
    const begun = process.cpuUsage();
    for (const text of [`for="${'\\"'.repeat(8_000)}`, 'for=a;'.repeat(2_600), `${'a'.repeat(16_000)}=`, ','.repeat(16_000)])
      expect(clientOf('10.1.1.1', { forwarded: text })).toBe('10.1.1.1');
    const { user, system } = process.cpuUsage(begun);
    expect((user + system) / 1_000).toBeLessThan(500);
  });
});
