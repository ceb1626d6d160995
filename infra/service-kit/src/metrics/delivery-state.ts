// What the webhook relay of this process does is published here, attempt by attempt; `/metrics` shows it.
import { newsChannel } from '../news-channel.ts';

export type DeliveryNews =
  | {
      readonly kind: 'attempt';
      readonly outcome: string;
      readonly durationMs: number;
      /** From the commit of the event to its first attempt; only for first attempts. */
      readonly lagMs?: number | undefined;
    }
  | { readonly kind: 'circuit-opened' }
  | {
      readonly kind: 'backlog';
      /** Deliveries that are to be sent, counted up to 10,000. */
      readonly pending: number;
      /** Those that wait because their endpoint is paused or disabled, likewise. */
      readonly held: number;
      /** Those whose schedule ran out, likewise. */
      readonly dead: number;
      /** Seconds that the oldest of those that the relay could send now is late; 0 when none is. */
      readonly oldestDueSeconds: number;
    };

export const { publish: publishDeliveryNews, on: onDeliveryNews } = newsChannel<DeliveryNews>('portico:deliveries');
