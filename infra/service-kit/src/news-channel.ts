// What a part of this process says of itself, to whoever listens in the same process: metrics and tests do, and nobody need. Node knows channels by
// their names, so that publisher and listener need not know each other.
import { channel } from 'node:diagnostics_channel';

export type NewsChannel<News> = {
  /** Whether anybody listens: one property read, where news would cost something to make. */
  readonly isHeard: boolean;
  publish(news: News): void;
  /** Calls `listener` with all news until disposed. */
  on(listener: (news: News) => void): Disposable;
};

/** `name`: of one channel alone, which is what makes every message on it a `News`. */
export function newsChannel<News>(name: string): NewsChannel<News> {
  const named = channel(name);
  return {
    get isHeard() {
      return named.hasSubscribers;
    },
    publish: (news) => named.publish(news),
    on(listener) {
      const subscriber = (message: unknown): void => listener(message as News);
      named.subscribe(subscriber);
      return { [Symbol.dispose]: () => void named.unsubscribe(subscriber) };
    },
  };
}
