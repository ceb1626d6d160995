import type { AddressPolicy } from './sending/guard-address.ts';
import type { Sender } from './sending/send.ts';

/** What the relay's graph works with beside its database. */
export type RelayGraph = {
  readonly sender: Sender;
  /** Which URLs may be registered; the sender holds every attempt to the same. */
  readonly policy: AddressPolicy;
  /** Aborted when the program ends. */
  readonly signal: AbortSignal;
  /** Tells the engine in this process that deliveries became due. */
  wake(): void;
};
