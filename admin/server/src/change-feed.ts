// What changed, as signals to all gateways: sent by the transaction that made the change.
import type { EntityManager } from '@mikro-orm/postgresql';
import { ANYTHING } from '@portico/contracts/access-records';
import { announce, openSignals, type Signals } from '@portico/service-kit/bus/signals';
import type { Logger } from '@portico/service-kit/logger';

/** Channel on which the ids of changed keys are announced. */
export const KEY_CHANNEL = 'access_key';
/** The same for clients, tokens, families and signing keys. */
export const TOKEN_CHANNEL = 'access_token';
const CHANNELS = [KEY_CHANNEL, TOKEN_CHANNEL] as const;
type Channel = (typeof CHANNELS)[number];

/** Tells the gateways when the transaction commits. */
export function announceChange(em: EntityManager, channel: Channel, id: string): Promise<void> {
  return announce(em, channel, id);
}

/** For a change that any credential may show: of an account, of a tier. */
export async function announceEveryCredential(em: EntityManager): Promise<void> {
  for (const channel of CHANNELS) await announce(em, channel, ANYTHING);
}

export type ChangeFeed = Signals<Channel>;

export function openChangeFeed(given: { databaseUrl: string; natsUrl?: string | undefined; logger: Logger }): Promise<ChangeFeed> {
  return openSignals({ ...given, channels: CHANNELS });
}
