// Which addresses the relay may be sent to by somebody else's URL. Three checks, each closing what the one before cannot see: the text of the URL,
// the addresses its name has at the moment of connecting, and (in send.ts) no redirects. Core's BlockList only: npm's IP libraries have a history of
// forms they misread.
import type { LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

export type AddressPolicy = {
  /** For development: loopback may be called, over http too and at any port. */
  readonly allowLoopback: boolean;
  /** Ports that may be called. Without it 443 and 8443. */
  readonly ports?: readonly number[];
};

export type UrlRule = 'length' | 'syntax' | 'scheme' | 'userinfo' | 'fragment' | 'port' | 'host' | 'address';
export type CheckedUrl =
  | { readonly ok: true; readonly url: URL; readonly origin: string; readonly path: string }
  | { readonly ok: false; readonly rule: UrlRule; readonly problem: string };

/** All addresses of a host name. Rejects when it has none. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

export const MAX_URL_LENGTH = 2048;
const DEFAULT_PORTS: readonly number[] = [443, 8443];
/** Names that only a private network answers to. */
const PRIVATE_NAMES = /(?:^|\.)(?:localhost|local|localdomain|internal|intranet|private|corp|home|lan|home\.arpa)$/;
const LOCALHOST = /(?:^|\.)localhost$/;

/**
 * Checks the text of a URL; asks no name server. WHATWG URL has by then turned every spelling of an IPv4 address (octal, hex, one number, full-width
 * digits) into the usual one.
 */
export function checkUrl(text: string, policy: AddressPolicy): CheckedUrl {
  if (text.length > MAX_URL_LENGTH) return refuse('length', `Must not be longer than ${MAX_URL_LENGTH} characters.`);
  // The parser would drop white space and read a backslash as a slash: what is stored would not be what was shown.
  if (/[\s\\\p{Cc}]/u.test(text) || !URL.canParse(text)) return refuse('syntax', 'Must be an absolute URL.');
  const url = new URL(text);
  const host = url.hostname.replace(/\.$/, '');
  const loopback = policy.allowLoopback && (isLoopback(unbracket(host)) || LOCALHOST.test(host));
  if (url.protocol !== 'https:' && !(loopback && url.protocol === 'http:')) return refuse('scheme', 'Must begin with https://.');
  if (url.username !== '' || url.password !== '') return refuse('userinfo', 'Must not carry a user name or a password.');
  if (text.includes('#')) return refuse('fragment', 'Must not have a fragment.');
  const ports = policy.ports ?? DEFAULT_PORTS;
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  if (!loopback && !ports.includes(port)) return refuse('port', `Must use one of the ports ${ports.join(', ')}.`);
  const problem = loopback ? undefined : hostProblem(host);
  if (problem !== undefined) return problem;
  url.hostname = host;
  return { ok: true, url, origin: url.origin, path: url.pathname + url.search };
}

function hostProblem(host: string): CheckedUrl | undefined {
  if (isIP(unbracket(host)) !== 0) {
    return isBlockedAddress(unbracket(host)) ? refuse('address', 'Must not point to an address that is not public.') : undefined;
  }
  if (PRIVATE_NAMES.test(host) || !host.includes('.')) return refuse('host', 'Must name a host of the public internet.');
  if (host.length > 253 || host.split('.').some((label) => label === '' || label.length > 63)) return refuse('host', 'Must name a host.');
  return undefined;
}

const refuse = (rule: UrlRule, problem: string): CheckedUrl => ({ ok: false, rule, problem });
const unbracket = (host: string): string => host.replace(/^\[|\]$/g, '');

/** Special-purpose IPv4 ranges (IANA registry, RFC 6890), and one public address that only answers inside a cloud. */
// biome-ignore format: a table
const BLOCKED_V4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12],
  ['192.0.0.0', 24], ['192.0.2.0', 24], ['192.31.196.0', 24], ['192.52.193.0', 24], ['192.88.99.0', 24], ['192.168.0.0', 16],
  ['192.175.48.0', 24], ['198.18.0.0', 15], ['198.51.100.0', 24], ['203.0.113.0', 24], ['224.0.0.0', 4], ['240.0.0.0', 4],
  ['168.63.129.16', 32], // Azure's metadata and health service
];

/**
 * Only 2000::/3 is given out as global unicast, so the rest goes as three prefixes: unspecified, loopback, mapped and compatible IPv4, NAT64
 * (64:ff9b::/96, 64:ff9b:1::/48) and discard-only (100::/64) in the first; unique local, link-local, site-local and multicast in the last.
 */
// biome-ignore format: a table
const BLOCKED_V6: readonly (readonly [string, number])[] = [
  ['::', 3], ['4000::', 2], ['8000::', 1],
  ['2001::', 23],       // protocol assignments: Teredo, benchmarking, ORCHID
  ['2001:db8::', 32], ['3fff::', 20], // documentation
  ['2002::', 16],       // 6to4
  ['2620:4f:8000::', 48], ['3ffe::', 16], // AS112, 6bone
];

// A list for each family: in one list core would match a plain IPv4 address against the mapped IPv6 range.
const blocked = { ipv4: blockList(BLOCKED_V4, 'ipv4'), ipv6: blockList(BLOCKED_V6, 'ipv6') };

function blockList(ranges: readonly (readonly [string, number])[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of ranges) list.addSubnet(network, prefix, family);
  return list;
}

/** Whether an address is outside the public internet. What is no address is blocked. */
export function isBlockedAddress(address: string): boolean {
  const family = address.includes('%') ? 0 : isIP(address);
  return family === 0 || (family === 4 ? blocked.ipv4.check(address, 'ipv4') : blocked.ipv6.check(address, 'ipv6'));
}

function isLoopback(address: string): boolean {
  return isIP(address) === 4 ? address.startsWith('127.') : address === '::1';
}

/** Thrown to the connecting socket. Does not say which address it was: that would map the network for whoever asks. */
export class BlockedAddressError extends Error {
  override readonly name = 'BlockedAddressError';
  readonly code = 'blocked_address';
  constructor() {
    super('The host name has an address that is not public.');
  }
}

/**
 * A `lookup` for sockets: what it answers is what is connected to, so a name cannot change between check and use. One blocked address
 * condemns the name, for a mixed answer is an attack or a mistake. Sockets do not call it for literal addresses: `checkUrl` sees to those.
 */
export function guardedLookup(policy: AddressPolicy, resolve: Resolve): LookupFunction {
  return (hostname, options, callback) => {
    vettedAddresses(policy, resolve, hostname).then(
      (addresses) => {
        const family = options.family === 'IPv4' ? 4 : options.family === 'IPv6' ? 6 : (options.family ?? 0);
        const fitting = addresses.filter((one) => family === 0 || one.family === family);
        const [first] = fitting;
        if (first === undefined) callback(notFound(hostname), '', 0);
        else if (options.all) callback(null, fitting);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 0),
    );
  };
}

async function vettedAddresses(policy: AddressPolicy, resolve: Resolve, hostname: string): Promise<LookupAddress[]> {
  const addresses = await resolve(hostname);
  if (addresses.length === 0) throw notFound(hostname);
  for (const { address } of addresses) {
    if (isBlockedAddress(address) && !(policy.allowLoopback && isLoopback(address))) throw new BlockedAddressError();
  }
  // The family is what the address is, not what the resolver says it is.
  return addresses.map(({ address }) => ({ address, family: isIP(address) }));
}

function notFound(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`The name ${hostname} has no address.`), { code: 'ENOTFOUND' });
}
