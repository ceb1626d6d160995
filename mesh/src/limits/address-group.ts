import { plainAddress } from '@portico/service-kit/network/address-check';

const V6_GROUPS = 8;
/** Whoever has one IPv6 address usually has the /64 around it. */
const NETWORK_GROUPS = 4;

/** What addresses are counted by: an IPv4 address itself, an IPv6 address's /64. */
export function addressGroup(address: string): string {
  const plain = plainAddress(address);
  if (!plain.includes(':')) return plain;
  const [head = '', tail] = plain.toLowerCase().split('%', 1)[0]?.split('::') ?? [];
  const before = groupsOf(head);
  const after = tail === undefined ? [] : groupsOf(tail);
  const groups = [...before, ...Array<string>(Math.max(0, V6_GROUPS - before.length - after.length)).fill('0'), ...after];
  return `${groups.slice(0, NETWORK_GROUPS).join(':')}::/64`;
}

function groupsOf(text: string): string[] {
  return text === '' ? [] : text.split(':').map((group) => group.replace(/^0+(?=.)/, ''));
}
