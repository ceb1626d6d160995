// Whoever makes deliveries due tells the relay processes beside it, so that a burst is shared at once and not when they next look. What is not
// heard costs a second: every process looks at all endpoints that often.
import { listenForever } from '@portico/service-kit/bus/listen-forever';
import type { Logger } from '@portico/service-kit/logger';

const CHANNEL = 'webhook_due';
export type DueSignalsOptions = {
  readonly databaseUrl: string;
  readonly logger: Logger;
  /** This process: what it told itself is old news. */
  readonly self: string;
  /** Without a list: any endpoint may have work. */
  readonly onDue: (endpoints?: readonly string[]) => void;
};

/** Breaks heal by themselves. A process that cannot listen when it starts goes without: that must not keep it from delivering. */
export function listenForDue({ databaseUrl, logger, self, onDue }: DueSignalsOptions): Promise<AsyncDisposable> {
  return listenForever({
    databaseUrl,
    channels: [CHANNEL],
    logger,
    onNotification(_, payload) {
      const [teller, ...endpoints] = payload.split(' ');
      if (teller !== self) onDue(endpoints.length === 0 ? undefined : endpoints);
    },
    onMissed: () => onDue(),
  }).catch((err: unknown) => {
    logger.warn({ err, dependency: 'postgresql' }, 'other processes are not heard; what they make due is found once a second');
    return { [Symbol.asyncDispose]: async () => {} };
  });
}
