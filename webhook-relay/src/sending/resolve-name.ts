import type { LookupAddress } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import type { Resolve } from './guard-address.ts';

const ATTEMPT_MS = 3_000;
const TRIES = 2;
const LOCALHOST: readonly LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

/**
 * Asks the configured name servers over the network. The system's own look-up would hold one of the process's few worker threads for as long as a
 * partner's name server is silent, and with it the database's connections and all files. `localhost` is answered here (RFC 6761 §6.3).
 */
export function createResolve(
  resolver: Pick<Resolver, 'resolve4' | 'resolve6'> = new Resolver({ timeout: ATTEMPT_MS, tries: TRIES }),
): Resolve {
  return async (hostname) => {
    if (hostname === 'localhost' || hostname.endsWith('.localhost')) return LOCALHOST;
    const [v4, v6] = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    const found = [
      ...(v4.status === 'fulfilled' ? v4.value.map((address) => ({ address, family: 4 })) : []),
      ...(v6.status === 'fulfilled' ? v6.value.map((address) => ({ address, family: 6 })) : []),
    ];
    if (found.length === 0 && v4.status === 'rejected') throw v4.reason;
    return found;
  };
}
