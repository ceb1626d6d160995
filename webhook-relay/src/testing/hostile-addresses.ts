// For tests: every spelling of an address that must not be called, for each path that takes a URL. The port is one that the policy allows and where a
// listener of the test waits on loopback, so that it is the address that is refused and a connection would be seen.
import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import type { Resolve } from '../sending/guard-address.ts';

export type HostileUrl = { readonly url: string; readonly why: string };

// biome-ignore format: a table
const HOSTS: readonly (readonly [host: string, why: string])[] = [
  ['127.0.0.1', 'loopback'], ['127.1', 'loopback, short'], ['127.255.255.254', 'the end of loopback'], ['2130706433', 'decimal'],
  ['017700000001', 'octal'], ['0177.0.0.1', 'octal part'], ['0x7f000001', 'hex'], ['0x7f.1', 'hex part'], ['0x7F.0x0.0x0.0x1', 'hex parts'],
  ['127.0.0.1.', 'trailing dot'], ['①②⑦.⓪.⓪.①', 'enclosed alphanumerics'], ['１２７.０.０.１', 'full-width digits'],
  ['127。0。0。1', 'ideographic full stops'], ['%31%32%37.0.0.1', 'percent-encoded'], ['0', 'this host'], ['0.0.0.0', 'this host'], ['0.1.2.3', 'this network'],
  ['10.0.0.1', 'private'], ['172.16.0.1', 'private'], ['172.31.255.255', 'private'], ['192.168.1.1', 'private'], ['100.64.0.1', 'CGNAT'],
  ['100.100.100.200', 'metadata in CGNAT'], ['169.254.169.254', 'metadata'], ['0xa9fea9fe', 'metadata, hex'], ['2852039166', 'metadata, decimal'],
  ['168.63.129.16', 'metadata at a public address'], ['192.0.0.192', 'metadata in protocol assignments'], ['192.0.2.1', 'TEST-NET-1'],
  ['198.18.0.1', 'benchmarking'], ['198.19.255.255', 'benchmarking'], ['198.51.100.1', 'TEST-NET-2'], ['203.0.113.1', 'TEST-NET-3'],
  ['192.88.99.1', '6to4 relay'], ['224.0.0.1', 'multicast'], ['239.255.255.255', 'multicast'], ['240.0.0.1', 'class E'], ['255.255.255.255', 'broadcast'],
  ['[::]', 'unspecified'], ['[::1]', 'loopback'], ['[0:0:0:0:0:0:0:1]', 'loopback, long'], ['[::ffff:127.0.0.1]', 'mapped'],
  ['[::ffff:7f00:1]', 'mapped, hex'], ['[::ffff:169.254.169.254]', 'mapped metadata'], ['[::ffff:8.8.8.8]', 'mapped, though public'],
  ['[::127.0.0.1]', 'compatible'], ['[::7f00:1]', 'compatible, hex'], ['[::ffff:0:127.0.0.1]', 'translated (SIIT)'], ['[64:ff9b::127.0.0.1]', 'NAT64'],
  ['[64:ff9b::a9fe:a9fe]', 'NAT64 metadata'], ['[64:ff9b:1::7f00:1]', 'local NAT64'], ['[100::1]', 'discard-only'], ['[2001::1]', 'Teredo'],
  ['[2001:0:4136:e378:8000:63bf:80ff:fffe]', 'Teredo of 127.0.0.1'], ['[2001:2::1]', 'benchmarking'], ['[2001:10::1]', 'ORCHID'], ['[2001:20::1]', 'ORCHIDv2'],
  ['[2001:db8::1]', 'documentation'], ['[3fff::1]', 'documentation'], ['[2002:7f00:1::]', '6to4 of 127.0.0.1'], ['[2002:a9fe:a9fe::1]', '6to4 of metadata'],
  ['[fc00::1]', 'unique local'], ['[fd00:ec2::254]', 'metadata in unique local'], ['[fe80::1]', 'link-local'], ['[febf::1]', 'link-local'],
  ['[fec0::1]', 'site-local'], ['[ff02::1]', 'multicast'], ['[5f00::1]', 'segment routing'], ['[4000::1]', 'not given out'],
  ['localhost', 'name of loopback'], ['LOCALHOST', 'upper case'], ['localhost.', 'trailing dot'], ['a.localhost', 'under localhost'],
  ['ｌocalhost', 'full-width letter'], ['printer.local', 'mDNS'], ['metadata.google.internal', 'metadata'], ['metadata.google.internal.', 'metadata, trailing dot'],
  ['METADATA.GOOGLE.INTERNAL', 'metadata, upper case'], ['router.home.arpa', 'home network'], ['postgres', 'single label'], ['postgres.', 'single label, trailing dot'],
];

export function hostileUrls(port: number): readonly HostileUrl[] {
  const plain = HOSTS.map(([host, why]) => ({ url: `https://${host}:${port}/hook`, why: `${why}: ${host}` }));
  const forms = [
    [`https://partner.example@127.0.0.1:${port}/`, 'the host hides behind user info'],
    [`https://user:password@hooks.partner.example:${port}/`, 'user info'],
    [`https://hooks.partner.example:${port}/#@127.0.0.1`, 'fragment'],
    [`https:\\\\127.0.0.1:${port}\\`, 'backslashes'],
    [`https:127.0.0.1:${port}`, 'no slashes'],
    [`https://127.0.0.1\t:${port}/`, 'tab'],
    [`https://127.0.0.1%00.partner.example:${port}/`, 'NUL in the host'],
    [`http://127.0.0.1:${port}/`, 'http'],
    [`http://hooks.partner.example:${port}/`, 'http to a public name'],
    [`//127.0.0.1:${port}/`, 'no scheme'],
    [`file:///etc/passwd`, 'file'],
    [`gopher://127.0.0.1:${port}/`, 'gopher'],
    [`javascript:alert(1)`, 'script'],
    [`https://hooks.partner.example:22/`, 'a port of something else'],
    [`https://hooks.partner.example:${port}/${'a'.repeat(2048)}`, 'too long'],
  ] as const;
  return [...plain, ...forms.map(([url, why]) => ({ url, why: `${why}: ${url.slice(0, 60)}` }))];
}

export type HostileName = { readonly name: string; readonly why: string; readonly addresses: readonly string[] };

/** Names that look public and are not. */
// biome-ignore format: a table
export const HOSTILE_NAMES: readonly HostileName[] = [
  { name: 'loopback.partner.example', why: 'loopback', addresses: ['127.0.0.1'] },
  { name: 'six.partner.example', why: 'loopback over IPv6', addresses: ['::1'] },
  { name: 'private.partner.example', why: 'private', addresses: ['10.1.2.3'] },
  { name: 'metadata.partner.example', why: 'metadata', addresses: ['169.254.169.254'] },
  { name: 'mapped.partner.example', why: 'mapped loopback', addresses: ['::ffff:127.0.0.1'] },
  { name: 'nat64.partner.example', why: 'NAT64 of loopback', addresses: ['64:ff9b::7f00:1'] },
  { name: 'mixed.partner.example', why: 'a public A beside a private one', addresses: ['93.184.216.34', '127.0.0.1'] },
  { name: 'mixed6.partner.example', why: 'a public A beside a loopback AAAA', addresses: ['93.184.216.34', '::1'] },
  { name: 'zone.partner.example', why: 'an address with a zone', addresses: ['fe80::1%lo'] },
  { name: 'text.partner.example', why: 'an answer that is no address', addresses: ['localhost'] },
];

/** Answers for the names above; every other name is `publicAddress`. */
export function hostileResolve(publicAddress = '93.184.216.34'): Resolve {
  return async (hostname) => {
    const known = HOSTILE_NAMES.find(({ name }) => name === hostname)?.addresses ?? [publicAddress];
    return known.map(lookupAddress);
  };
}

/** Rebinding: answers each question with the next of the addresses, and goes on with the last. */
export function flippingResolve(...answers: readonly string[]): Resolve & { readonly asked: () => number } {
  let asked = 0;
  const resolve = async (): Promise<LookupAddress[]> => [lookupAddress(answers[Math.min(asked++, answers.length - 1)] ?? '')];
  return Object.assign(resolve, { asked: () => asked });
}

const lookupAddress = (address: string): LookupAddress => ({ address, family: isIP(address) });
