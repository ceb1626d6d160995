import { afterEach, describe, expect, it, vi } from 'vitest';
import { untilStopRequested } from './until-stop-requested.ts';

afterEach(() => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(signal);
});

describe('untilStopRequested', () => {
  it('takes signals within a second for echoes of the first, and a later one for impatience', async () => {
    let now = 0;
    const force = vi.fn();
    const requested = untilStopRequested({ force, startedBy: Number.NaN, now: () => now });
    process.emit('SIGINT');
    process.emit('SIGTERM');
    now = 1_000;
    process.emit('SIGINT');
    await requested;
    expect(force).not.toHaveBeenCalled();
    now = 1_001;
    process.emit('SIGINT');
    expect(force).toHaveBeenCalledOnce();
  });

  it('resolves when the process that started this one was killed', async () => {
    let parent = 4711;
    const requested = untilStopRequested({ force: () => {}, startedBy: 4711, parent: () => parent });
    parent = 1;
    await expect(requested).resolves.toBeUndefined();
  });
});
