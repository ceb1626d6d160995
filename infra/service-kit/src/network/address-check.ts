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
  // A dual-stack socket shows an IPv4 peer as ::ffff:203.0.113.7.
  return (address) => {
    const plain = address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address;
    const family = isIP(plain);
    return family !== 0 && list.check(plain, family === 6 ? 'ipv6' : 'ipv4');
  };
}
