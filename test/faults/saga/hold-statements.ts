// Stops works at a point: a statement that is the point's is not sent, or its answer is not handed on, so that the work waits there for ever
// and the process can be killed while all of them do. Each work is known by the asynchronous context it runs in.
import { AsyncLocalStorage } from 'node:async_hooks';
import pg from 'pg';
import type { Phase, Point, StatementPoint } from './saga-points.ts';

export type Work = { readonly name: string; readonly phase: Phase };

export type Holds = {
  /** Runs a work in a context of its own. */
  run<Result>(work: Work, start: () => Promise<Result>): Promise<Result>;
  /** From here on works are stopped at this point. */
  stopAt(point: Point): void;
  /** Notes that something else than a statement has stopped the work. */
  hold(name: string): void;
  isHeld(name: string): boolean;
};

type Query = (this: pg.Client, ...args: unknown[]) => unknown;
type Callback = (...results: unknown[]) => void;
type Submitted = { text?: string; callback?: Callback };

/** Rewrites `query` of every pg client of this process. */
export function holdStatements(onHeld: () => void): Holds {
  const works = new AsyncLocalStorage<Work & { seen: number }>();
  const held = new Set<string>();
  let point: Point | undefined;

  function hold(name: string): void {
    held.add(name);
    onHeld();
  }

  /** The point, if this statement of the present work is it. */
  function pointOf(client: pg.Client, text: string): StatementPoint | undefined {
    const work = works.getStore();
    if (point === undefined || point.at === 'provider answers' || work?.phase !== point.phase) return undefined;
    const program = String((client as { connectionParameters?: { application_name?: string } }).connectionParameters?.application_name);
    if (program !== `portico ${point.at.program}` || !point.at.text.test(text)) return undefined;
    work.seen += 1;
    return work.seen === point.at.nth ? point.at : undefined;
  }

  const prototype = pg.Client.prototype as unknown as { query: Query };
  const send = prototype.query;
  prototype.query = function query(...args) {
    const [first] = args;
    const text = typeof first === 'string' ? first : ((first as Submitted).text ?? '');
    const reached = pointOf(this, text);
    if (reached === undefined) return send.apply(this, args);
    const { name } = works.getStore() ?? { name: '' };
    if (reached.when === 'before') {
      hold(name);
      return new Promise(() => {});
    }
    // Whichever way the answer was to be handed on, it ends here.
    const last = args.length - 1;
    if (typeof args[last] === 'function') {
      args[last] = () => hold(name);
      return send.apply(this, args);
    }
    const submitted = first as Submitted;
    if (typeof submitted.callback === 'function') {
      submitted.callback = () => hold(name);
      return send.apply(this, args);
    }
    return Promise.resolve(send.apply(this, args)).then(() => {
      hold(name);
      return new Promise(() => {});
    });
  };

  return {
    run: (work, start) => works.run({ ...work, seen: 0 }, start),
    stopAt(given) {
      point = given;
    },
    hold,
    isHeld: (name) => held.has(name),
  };
}
