import { expect, it } from 'vitest';
import { createLines, LATE_MAX_MS, type Moment } from './lines.ts';

const paced = (waitMs: number, endpointId = 'wh_1') => ({ endpointId, ratePerSecond: 100, waitMs });

/** Lines on a clock that only waiting and the test move. */
function linesOnAClock() {
  const clock = { ms: 0 };
  const lines = createLines({
    stop: new AbortController().signal,
    now: () => clock.ms,
    wait: async (ms) => {
      clock.ms += Math.max(0, ms);
    },
  });
  return { lines, clock };
}

it('lets attempts begin in the order in which they came, each not before its moment', async () => {
  const { lines, clock } = linesOnAClock();
  const begun: unknown[] = [];
  await Promise.all(
    [30, 20, 40].map(async (waitMs) => {
      begun.push([waitMs, await lines.moment(paced(waitMs), 0), clock.ms >= waitMs]);
    }),
  );
  expect(begun).toEqual([
    [30, 'now', true],
    [20, 'now', true],
    [40, 'now', true],
  ]);
});

it('leaves what is very late and all behind it, whoever joins too, if it was claimed before all of them could be again', async () => {
  const { lines, clock } = linesOnAClock();
  const [late, behind, joining] = [paced(0), paced(5_000), paced(5_000)];
  const moments = [lines.moment(late, 0), lines.moment(behind, 0)];
  clock.ms += LATE_MAX_MS + 1;
  expect(await Promise.all(moments)).toEqual<Moment[]>(['over', 'over']);
  lines.leave(late);
  expect(await lines.moment(joining, clock.ms)).toBe('over');
  expect(await lines.moment(paced(0, 'wh_2'), clock.ms)).toBe('now');
  lines.leave(behind);
  lines.leave(joining);
  const overtaking = paced(0);
  expect(await lines.moment(overtaking, clock.ms)).toBe('over');
  clock.ms += 1;
  // Claimed while that one is being left, though after the others were.
  const following = paced(0);
  expect(await lines.moment(following, clock.ms)).toBe('over');
  expect(lines.leaving).toEqual(['wh_1']);
  for (const one of [overtaking, following]) lines.leave(one);
  expect(lines.leaving).toEqual([]);
  const clearedAt = clock.ms;
  clock.ms += 2;
  expect(await lines.moment(paced(0), clearedAt + 1)).toBe('now');
});

it('has no moment for what still waits when the program stops', async () => {
  const stop = new AbortController();
  const lines = createLines({ stop: stop.signal });
  const moment = lines.moment(paced(60_000), 0);
  stop.abort();
  expect(await moment).toBe('never');
});
