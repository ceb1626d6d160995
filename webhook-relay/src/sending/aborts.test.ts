import { describe, expect, it } from 'vitest';
import { createAborts } from './aborts.ts';

describe('what is to be done when a signal aborts', () => {
  it('is done once, for all that have not been taken away, and only for their signal', () => {
    const aborts = createAborts();
    const [one, other] = [new AbortController(), new AbortController()];
    const done: string[] = [];
    const [first, second, third] = ['first', 'second', 'third'].map((name) => () => void done.push(name)) as [Act, Act, Act];
    aborts.on(one.signal, first);
    aborts.on(one.signal, second);
    aborts.on(other.signal, third);
    aborts.off(one.signal, first);
    one.abort();
    expect(done).toEqual(['second']);
  });

  it('lets an act take itself away while the others are called', () => {
    const aborts = createAborts();
    const { signal, abort } = { ...pair() };
    const done: string[] = [];
    const first = (): void => {
      aborts.off(signal, first);
      done.push('first');
    };
    aborts.on(signal, first);
    aborts.on(signal, () => void done.push('second'));
    abort();
    expect(done).toEqual(['first', 'second']);
  });
});

type Act = () => void;

function pair(): { signal: AbortSignal; abort: Act } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}
