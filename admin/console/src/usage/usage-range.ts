import type { Mode } from '@portico/contracts/modes';

/** Of one account, first and last day in UTC. */
export type UsageRange = { accountId: string; from: string; to: string; mode: Mode | undefined };
