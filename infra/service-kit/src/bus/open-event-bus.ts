import type { Logger } from '../logger.ts';
import type { EventBus } from './event-bus.ts';
import { openNatsBus } from './nats/nats-bus.ts';
import { openPostgresBus } from './postgres/postgres-bus.ts';

export type EventBusOptions = {
  /** `nats://…` or `tls://…`; without it, PostgreSQL is the broker. */
  natsUrl?: string | undefined;
  databaseUrl: string;
  logger: Logger;
  /** Keeps platforms apart that share a NATS server. */
  namespace?: string;
};

/** Opens the bus. It need not be reachable yet: while it is not, `publish` rejects and consumers wait. */
export function openEventBus({ natsUrl, ...options }: EventBusOptions): Promise<EventBus> {
  return natsUrl === undefined ? openPostgresBus(options) : openNatsBus({ natsUrl, ...options });
}
