// Work that a crash, or a program that is away, left for a background task: how much waits is published here every few seconds, and what
// was settled when it is. `/metrics` shows both.
import { newsChannel } from '../news-channel.ts';
import { allTenants } from '../sql/tenancy-gate.ts';
import type { BackgroundTask } from './start-subgraph.ts';

/** The kinds of work that programs of ours leave, each with what can become of it. */
export const WORK_KINDS = {
  saga: ['undone', 'settled', 'awaited', 'failed'],
  payments: ['succeeded', 'failed', 'refunded', 'refund_failed', 'put_off', 'mismatched'],
} as const;
export type Work = keyof typeof WORK_KINDS;

export type WorkWaiting = {
  readonly work: Work;
  /** Counted up to 10,000. */
  readonly waiting: number;
  /** Age of what waits longest, in seconds; 0 when nothing does. */
  readonly oldestSeconds: number;
};
type Settled<Of extends Work = Work> = { readonly work: Of; readonly kind: (typeof WORK_KINDS)[Of][number] };

const waitingNews = newsChannel<WorkWaiting>('portico:work-waiting');
const settledNews = newsChannel<Settled>('portico:work-settled');

const WATCH_MS = 5_000;
const COUNTED_MAX = 10_000;

/** A task that publishes how much waits. `rows`: a statement's text that selects what waits, with the time since when as `since`. */
export function watchWaiting(work: Work, rows: string): BackgroundTask {
  return {
    idleMs: WATCH_MS,
    async runOnce({ database, now }) {
      const [row] = await database.run(
        `${allTenants('how much waits')}select count(*)::int as waiting,
           coalesce(extract(epoch from $1::timestamptz - min(since)), 0)::float8 as seconds
         from (${rows} limit ${COUNTED_MAX}) as waiting`,
        [now()],
      );
      publishWaiting({ work, waiting: Number(row?.waiting), oldestSeconds: Math.max(0, Number(row?.seconds)) });
      return 0;
    },
  };
}

export const publishWaiting = waitingNews.publish;

export function publishSettled<Of extends Work>(work: Of, kind: Settled<Of>['kind']): void {
  settledNews.publish({ work, kind });
}

/** Calls the listeners until disposed. */
export function onWork(listeners: { waiting?: (state: WorkWaiting) => void; settled?: (settled: Settled) => void }): Disposable {
  const heard = new DisposableStack();
  if (listeners.waiting !== undefined) heard.use(waitingNews.on(listeners.waiting));
  if (listeners.settled !== undefined) heard.use(settledNews.on(listeners.settled));
  return heard;
}
