export type AnswerCache = AsyncDisposable & {
  /** `load` runs at most once at a time per key over the fleet. */
  through<T>(
    key: string,
    policy: { ttlMs: number; staleMs: number },
    options: { maxStaleMs?: number },
    load: () => Promise<T>,
  ): Promise<{ value: T; cached: boolean; stale: boolean; ageMs: number }>;
};

export function openAnswerCache(_deps: { now: () => number }): AnswerCache {
  return {
    through: async (_key, _policy, _options, load) => ({ value: await load(), cached: false, stale: false, ageMs: 0 }),
    async [Symbol.asyncDispose]() {},
  };
}
