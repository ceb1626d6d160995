// A client with everything around it virtual: time, network, authority, secrets. What `testClient` shows with types, and `conformance` uses.
import type { RedisConnection } from '@portico/service-kit/redis/redis';
import type { CallInputParts } from '../../call/build-request.ts';
import type { GivenOptions } from '../../call/execute-call.ts';
import { openClient } from '../../client/open-client.ts';
import type { Client } from '../../create-client.ts';
import type { CallResult } from '../../declaration/call-types.ts';
import type { Provider } from '../../define-provider.ts';
import type { Flags } from '../../flags.ts';
import { recordingLogger } from '../recording-logger.ts';
import { createVirtualAuthority, type VirtualAuthority } from './virtual-authority.ts';
import { VirtualClock } from './virtual-clock.ts';
import { createVirtualNetwork, type VirtualNetwork } from './virtual-network.ts';
import { createVirtualSecrets, type VirtualSecrets } from './virtual-secrets.ts';

export type KitOptions = {
  flags?: Flags;
  /** Default: 0, so that a retry waits for no longer than it was told to. */
  random?: () => number;
  secrets?: VirtualSecrets;
  /** Default: none. */
  redis?: RedisConnection;
};

export type Kit<Declared extends Readonly<Record<string, Provider>>> = {
  readonly client: Client<Declared>;
  readonly clock: VirtualClock;
  readonly network: VirtualNetwork;
  readonly authority: VirtualAuthority;
  readonly secrets: VirtualSecrets;
  /** What was logged. */
  readonly lines: readonly unknown[];
};

export type UntypedCall = (input?: CallInputParts, options?: GivenOptions) => Promise<CallResult<unknown>>;

export function openKit<const Declared extends Readonly<Record<string, Provider>>>(
  providers: Declared,
  { flags, random = () => 0, redis, secrets = createVirtualSecrets(Object.values(providers)) }: KitOptions = {},
): Kit<Declared> {
  const clock = new VirtualClock();
  const network = createVirtualNetwork(providers, clock);
  const authority = createVirtualAuthority();
  const logger = recordingLogger();
  const { now, startTimer } = clock;
  const { transport } = network;
  const { requestToken } = authority;
  const surroundings = { now, random, startTimer, redis, transport, requestToken };
  const client = openClient({ providers, secrets, logger, flags }, () => surroundings);
  return { client, clock, network, authority, secrets, lines: logger.lines };
}
