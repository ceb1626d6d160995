// What the webhook relay of this process does is published here, attempt by attempt; `/metrics` shows it.
import { channel } from 'node:diagnostics_channel';

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

const deliveryChannel = channel('portico:deliveries');

export function publishDeliveryNews(news: DeliveryNews): void {
  deliveryChannel.publish(news);
}

/** Calls `listener` with all news until disposed. */
export function onDeliveryNews(listener: (news: DeliveryNews) => void): Disposable {
  const subscriber = (message: unknown): void => listener(message as DeliveryNews);
  deliveryChannel.subscribe(subscriber);
  return { [Symbol.dispose]: () => void deliveryChannel.unsubscribe(subscriber) };
}
