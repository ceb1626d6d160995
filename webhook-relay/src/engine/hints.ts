import { createBell } from './bell.ts';

/** Endpoints that are worth a look, collected until somebody looks. */
export type Hints = {
  add(endpoints: readonly string[]): void;
  addAll(): void;
  /** All endpoints are. */
  readonly all: boolean;
  readonly empty: boolean;
  /** The collected ones; from here on it collects anew. */
  take(): readonly string[];
  /** Until there is a hint, `ms` have passed or the signal is aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
};

export function createHints(): Hints {
  const endpoints = new Set<string>();
  let all = false;
  const bell = createBell();
  return {
    add(more) {
      for (const id of more) endpoints.add(id);
      if (more.length > 0) bell.ring();
    },
    addAll() {
      all = true;
      bell.ring();
    },
    get all() {
      return all;
    },
    get empty() {
      return !all && endpoints.size === 0;
    },
    take() {
      const taken = [...endpoints];
      endpoints.clear();
      all = false;
      return taken;
    },
    wait(ms, signal) {
      return all || endpoints.size > 0 ? Promise.resolve() : bell.wait(ms, signal);
    },
  };
}
