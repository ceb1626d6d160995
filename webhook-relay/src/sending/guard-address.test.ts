import type { LookupAddress } from 'node:dns';
import { describe, expect, it } from 'vitest';
import { flippingResolve, HOSTILE_NAMES, hostileResolve, hostileUrls } from '../testing/hostile-addresses.ts';
import { type AddressPolicy, checkUrl, guardedLookup, isBlockedAddress, type Resolve } from './guard-address.ts';

const PUBLIC: AddressPolicy = { allowLoopback: false };
const DEVELOPMENT: AddressPolicy = { allowLoopback: true };
const verdict = (text: string, policy = PUBLIC) => {
  const checked = checkUrl(text, policy);
  return checked.ok ? checked.url.href : checked.rule;
};

function lookup(resolve: Resolve, hostname: string, options: { all?: boolean; family?: number | 'IPv4' | 'IPv6' } = {}, policy = PUBLIC) {
  return new Promise<{ code?: string | undefined; address?: string | LookupAddress[]; family?: number | undefined }>((done) => {
    guardedLookup(policy, resolve)(hostname, options, (error, address, family) => done(error ? { code: error.code } : { address, family }));
  });
}

describe('checkUrl', () => {
  it.each(hostileUrls(8443))('refuses $why', ({ url }) => {
    expect(checkUrl(url, PUBLIC).ok).toBe(false);
  });

  it('has a matrix of more than sixty hostile URLs', () => {
    expect(new Set(hostileUrls(8443).map(({ url }) => url)).size).toBeGreaterThan(60);
  });

  it('takes https to a public host at 443 and 8443, with path and query as they are', () => {
    const urls = ['https://hooks.partner.example/a?b=c&d=%20', 'https://8.8.8.8/', 'https://[2606:4700::1111]:8443/'];
    expect(urls.map((url) => verdict(url))).toEqual(urls);
  });

  it('gives one spelling to one host: case, trailing dot and IDNA', () => {
    expect(verdict('HTTPS://Hooks.Partner.EXAMPLE.:443/A')).toBe('https://hooks.partner.example/A');
    expect(verdict('https://bücher.example/')).toBe('https://xn--bcher-kva.example/');
  });

  it.each([
    ['length', `https://a.example/${'a'.repeat(2031)}`],
    ['syntax', 'hooks.partner.example'],
    ['syntax', ' https://hooks.partner.example/'],
    ['scheme', 'http://hooks.partner.example/'],
    ['userinfo', 'https://user@hooks.partner.example/'],
    ['fragment', 'https://hooks.partner.example/#'],
    ['port', 'https://hooks.partner.example:444/'],
    ['host', 'https://intranet/'],
    ['address', 'https://10.0.0.1/'],
  ])('names the rule %s', (rule, url) => {
    expect(verdict(url)).toBe(rule);
  });

  it('takes the longest URL that is allowed', () => {
    expect(checkUrl(`https://a.example/${'a'.repeat(2030)}`, PUBLIC).ok).toBe(true);
  });

  it('keeps to the configured ports', () => {
    expect(verdict('https://a.example:9443/', { allowLoopback: false, ports: [9443] })).toBe('https://a.example:9443/');
    expect(verdict('https://a.example/', { allowLoopback: false, ports: [9443] })).toBe('port');
  });

  it('lets a developer call loopback, by http and at any port, and nothing else', () => {
    const open = ['http://localhost:3000/', 'http://127.0.0.1/', 'https://[::1]:8080/', 'http://app.localhost:3000/'];
    expect(open.map((url) => verdict(url, DEVELOPMENT))).toEqual(open);
    const refused = [
      'http://10.0.0.1/',
      'http://[::ffff:127.0.0.1]/',
      'http://a.example/',
      'https://a.example:3000/',
      'https://169.254.169.254/',
    ];
    expect(refused.map((url) => checkUrl(url, DEVELOPMENT).ok)).toEqual(refused.map(() => false));
  });
});

describe('isBlockedAddress', () => {
  it.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '192.0.1.1', '2606:4700::1111', '2a00:1450::1', '2003::1'])(
    'leaves %s open',
    (address) => {
      expect(isBlockedAddress(address)).toBe(false);
    },
  );

  it.each(['', 'localhost', '127.1', '8.8.8.8 ', 'fe80::1%eth0', '2606:4700::1111%eth0'])(
    'blocks %j, which is no plain address',
    (address) => {
      expect(isBlockedAddress(address)).toBe(true);
    },
  );
});

describe('the guarded look-up', () => {
  it.each(HOSTILE_NAMES)('refuses $name: $why', async ({ name }) => {
    expect(await lookup(hostileResolve(), name, { all: true })).toEqual({ code: 'blocked_address' });
  });

  it('does not say which address it refused', async () => {
    const error = await new Promise<Error | null>((done) => guardedLookup(PUBLIC, hostileResolve())('private.partner.example', {}, done));
    expect(error?.message).not.toMatch(/\d/);
  });

  const dual: Resolve = async () => [
    { address: '2606:4700::1111', family: 6 },
    { address: '1.1.1.1', family: 4 },
  ];

  it('answers in the form that the socket asks for', async () => {
    const all = await lookup(dual, 'a.example', { all: true });
    expect(all.address).toEqual(await dual('a.example'));
    expect(await lookup(dual, 'a.example')).toEqual({ address: '2606:4700::1111', family: 6 });
    expect(await lookup(dual, 'a.example', { family: 4 })).toEqual({ address: '1.1.1.1', family: 4 });
    expect(await lookup(dual, 'a.example', { family: 'IPv6', all: true })).toMatchObject({ address: [{ family: 6 }] });
  });

  it('refuses a name for its other family too', async () => {
    expect(await lookup(hostileResolve(), 'mixed6.partner.example', { family: 4 })).toEqual({ code: 'blocked_address' });
  });

  it('judges every answer anew', async () => {
    const resolve = flippingResolve('93.184.216.34', '127.0.0.1');
    expect([await lookup(resolve, 'a.example'), await lookup(resolve, 'a.example')]).toEqual([
      { address: '93.184.216.34', family: 4 },
      { code: 'blocked_address' },
    ]);
  });

  it('says of a name without addresses that it was not found, and passes the resolver’s error on', async () => {
    expect(await lookup(async () => [], 'a.example')).toEqual({ code: 'ENOTFOUND' });
    expect(await lookup(() => Promise.reject(Object.assign(new Error(), { code: 'ESERVFAIL' })), 'a.example')).toEqual({
      code: 'ESERVFAIL',
    });
  });

  it('lets a developer reach loopback, and only loopback', async () => {
    const resolve = hostileResolve();
    expect(await lookup(resolve, 'loopback.partner.example', {}, DEVELOPMENT)).toEqual({ address: '127.0.0.1', family: 4 });
    expect(await lookup(resolve, 'private.partner.example', {}, DEVELOPMENT)).toEqual({ code: 'blocked_address' });
  });
});
