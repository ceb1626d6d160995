// The attempts of an endpoint with a rate begin one after the other, in the order in which they were claimed, each at the moment that its claim has
// planned. Moments are apart over all processes. So one that is very late must not be made up for: others have the moments that come. It is left,
// and all that wait behind it, so that the next claim has them in their order.
import type { ClaimedDelivery } from '../claiming/claimed-delivery.ts';
import { createPace } from './pace.ts';
import { sleep } from './sleep.ts';

/**
 * So long after its moment an attempt may begin: together, processes of which some are held up begin at most a quarter more than the rate, and one, in
 * a second. With less a process that is always late by as much would begin nothing.
 */
export const LATE_MAX_MS = 250;

/** `over`: it is too late for it. `never`: the program stops before. */
export type Moment = 'now' | 'over' | 'never';

type Waiting = Pick<ClaimedDelivery, 'endpointId' | 'ratePerSecond' | 'waitMs'>;

export type Lines = {
  /** Waits for the moment that the endpoint's rate allows. `claimedAt`: when its claim was asked for, in monotonic milliseconds. */
  moment(delivery: Waiting, claimedAt: number): Promise<Moment>;
  /** It has begun, or can be claimed again. Whatever was claimed before all that were left could be would overtake them, and is left as well. */
  leave(delivery: Waiting): void;
  /** Endpoints of which something is being left: what is claimed of them meanwhile would be left too, and so on. */
  readonly leaving: readonly string[];
};

type Line = { last: Promise<Moment>; isOver: boolean; clearedAt: number; readonly members: Set<Waiting> };

export type LinesOptions = {
  readonly stop: AbortSignal;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
  /** Ends early when the program stops. */
  readonly wait?: (ms: number) => Promise<void>;
};

export function createLines({ stop, now = () => performance.now(), wait = (ms) => sleep(ms, stop) }: LinesOptions): Lines {
  const pace = createPace({ now });
  const lines = new Map<string, Line>();

  function leave(delivery: Waiting): void {
    const line = lines.get(delivery.endpointId);
    if (line?.members.delete(delivery) !== true || line.members.size > 0) return;
    if (line.isOver) line.clearedAt = now();
    else lines.delete(delivery.endpointId);
  }

  async function turnOf(line: Line, { endpointId }: Waiting, { perSecond, dueAt }: { perSecond: number; dueAt: number }): Promise<Moment> {
    let ms = dueAt - now();
    do {
      if (line.isOver) return 'over';
      await wait(ms);
      if (stop.aborted && ms > 0) return 'never';
      line.isOver ||= now() > dueAt + LATE_MAX_MS;
      if (line.isOver) return 'over';
      ms = pace.begin(endpointId, perSecond);
    } while (ms > 0);
    return 'now';
  }

  /** A line that is over stays as long as there can be a claim that did not see what was left. */
  function lineFor(endpointId: string, claimedAt: number): Line {
    const known = lines.get(endpointId);
    if (known !== undefined && claimedAt <= known.clearedAt) return known;
    const line = { last: Promise.resolve<Moment>('now'), isOver: false, clearedAt: Number.POSITIVE_INFINITY, members: new Set<Waiting>() };
    lines.set(endpointId, line);
    return line;
  }

  return {
    leave,
    get leaving() {
      return [...lines].filter(([, { isOver, members }]) => isOver && members.size > 0).map(([endpointId]) => endpointId);
    },
    async moment(delivery, claimedAt) {
      const { endpointId, ratePerSecond: perSecond, waitMs } = delivery;
      if (perSecond === null) return 'now';
      const dueAt = now() + waitMs;
      const line = lineFor(endpointId, claimedAt);
      line.members.add(delivery);
      line.clearedAt = Number.POSITIVE_INFINITY;
      line.last = line.last.then(() => turnOf(line, delivery, { perSecond, dueAt }));
      const moment = await line.last;
      if (moment === 'now') leave(delivery);
      return moment;
    },
  };
}
