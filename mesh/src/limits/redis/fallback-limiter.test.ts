import { expect, it } from 'vitest';
import { createCounters } from '../counters.ts';
import { newLimit } from '../limiter-conformance.ts';
import { createFallbackLimiter } from './fallback-limiter.ts';

const NOW = Date.UTC(2026, 0, 1);

it.each([
  ['nothing', ''],
  ['a word', 'OK'],
  ['null', 'null'],
  ['too little', '1'],
  ['too much', '1 1 1'],
  ['what is no number', '1 x'],
  ['what is no count', '1 -1'],
  ['half a number', '1 0.5'],
])('limits in memory when Redis answers %s', async (_, answer) => {
  let failures = 0;
  const limiter = createFallbackLimiter({
    redis: {
      isUp: () => true,
      // Stands for something that speaks Redis's protocol and is none, as a proxy before it may be.
      run: async (command) => {
        // The limiter uses no more of a client than this.
        const client = { evalsha: async () => answer, eval: async () => answer } as unknown as Parameters<typeof command>[0];
        return command(client).catch((error: unknown) => {
          failures += 1;
          throw error;
        });
      },
    },
    counters: createCounters(),
    nowMs: () => NOW,
  });
  const limit = newLimit();
  const outcomes = [];
  for (let i = 0; i < 5; i += 1) outcomes.push(await limiter.consume([limit]));
  expect(outcomes.map(({ allowed, remaining }) => [allowed, remaining])).toEqual([
    [true, 2],
    [true, 1],
    [true, 0],
    [false, 0],
    [false, 0],
  ]);
  expect(failures).toBe(3);
});
