import { expect, it } from 'vitest';
import { createPace } from './pace.ts';

it('lets a process that was held up make what it missed no faster than its rate and one', () => {
  let at = 5_000;
  const pace = createPace({ now: () => at });
  const begin = (): number => pace.begin('wh_1', 3);
  expect([begin(), begin(), begin(), begin()]).toEqual([0, 0, 0, 0]);
  at += 400;
  expect(begin()).toBe(600);
  at += 600;
  expect([begin(), begin(), begin(), begin(), begin()]).toEqual([0, 0, 0, 0, 1_000]);
});

it('paces each endpoint by itself, at the rate it has now', () => {
  const pace = createPace({ now: () => 0 });
  expect([pace.begin('wh_1', 1), pace.begin('wh_1', 1), pace.begin('wh_1', 1)]).toEqual([0, 0, 1_000]);
  expect([pace.begin('wh_2', 1), pace.begin('wh_1', 2)]).toEqual([0, 0]);
});
