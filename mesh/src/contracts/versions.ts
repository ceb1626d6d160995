import type { ContractVersion } from '../rest/declare/version.ts';
import { v1 } from './v1/version.ts';
import { v2 } from './v2/version.ts';

/** All that are served, the first one first: what belongs to none speaks as it does. */
export const VERSIONS: readonly [ContractVersion, ...ContractVersion[]] = [v1, v2];

/** Which version a path belongs to, whether or not there is something. */
export function createContractAt([first, ...others]: typeof VERSIONS): (path: string) => ContractVersion {
  const below = others.map((contract) => ({ contract, start: `${contract.prefix}/` }));
  return (path) => below.find(({ contract, start }) => path.startsWith(start) || path === contract.prefix)?.contract ?? first;
}
