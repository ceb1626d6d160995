import { expect, it } from 'vitest';
import { startTask } from './background-task.ts';
import type { Logger } from './logger.ts';

it('a background task that fails again and again says when that began and when it was over', async () => {
  const said: unknown[] = [];
  const write: Logger['info'] = ({ operation }, message) => void said.push([operation, message]);
  const logger: Logger = { debug: write, info: write, warn: write, error: write };
  const fails = [true, true, true, false, false, true];
  let runs = 0;
  await using _ = startTask({
    operation: 'sweep',
    logger,
    idleMs: 0,
    work: async () => {
      runs += 1;
      if (fails[runs - 1] === true) throw new Error('The database is away.');
    },
  });
  await expect.poll(() => runs).toBeGreaterThan(fails.length);
  expect(said.slice(0, 3)).toEqual([
    ['sweep', 'background task failed'],
    ['sweep', 'background task goes on'],
    ['sweep', 'background task failed'],
  ]);
});
