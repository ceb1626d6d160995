import { BlockList, isIP } from 'node:net';

/** Whether an address is in one of the blocks; an empty list allows every address. Blocks were checked when the key was made. */
export function addressCheck(blocks: readonly string[]): (address: string) => boolean {
  if (blocks.length === 0) return () => true;
  const list = new BlockList();
  for (const block of blocks) {
    const [network = '', prefix] = block.split('/');
    const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(network, family);
    else list.addSubnet(network, Number(prefix), family);
  }
  return (address) => {
    const plain = plainAddress(address);
    const family = isIP(plain);
    return family !== 0 && list.check(plain, family === 6 ? 'ipv6' : 'ipv4');
  };
}

/** As comparisons and logs know it: an IPv4 peer of a dual-stack socket is `::ffff:192.0.2.1` to it. */
export function plainAddress(address: string): string {
  const mapped = address.toLowerCase().startsWith('::ffff:') ? address.slice(7) : undefined;
  return mapped !== undefined && isIP(mapped) === 4 ? mapped : address;
}
