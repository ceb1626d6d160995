import { describe, expect, it } from 'vitest';
import { isTripped } from './breaker.ts';
import { decideForFleet, type NodeReport, parseReport, parseState, reportText, stateText } from './fleet-state.ts';

const SETTINGS = { failureRatio: 0.5, minimumCalls: 10, openMs: 30_000 };
const report = (total: number, failed: number): NodeReport => ({ generation: 0, at: 0, total, failed });
const opens = (...reports: NodeReport[]): boolean => decideForFleet(reports, (sum) => isTripped(sum, SETTINGS), SETTINGS.failureRatio);

describe('the fleet', () => {
  it('opens on the sum when two processes fail, though neither has calls enough to judge by', () => {
    expect(opens(report(6, 6), report(6, 6))).toBe(true);
    expect(opens(report(4, 4), report(4, 4))).toBe(false);
  });

  it('does not open for one process that fails while others do not, however busy it is', () => {
    expect(opens(report(1_000, 1_000), report(10, 0), report(10, 0), report(10, 0))).toBe(false);
  });

  it('opens for one process that carries all traffic', () => {
    expect(opens(report(10, 10), report(0, 0))).toBe(true);
  });

  it('does not open while the sum is healthy', () => {
    expect(opens(report(10, 8), report(10, 8), report(100, 0))).toBe(false);
  });

  it('reads back what it writes, and nothing else', () => {
    expect(parseReport(reportText({ generation: 3, total: 5, failed: 2, at: 99 }))).toEqual({ generation: 3, total: 5, failed: 2, at: 99 });
    expect(parseState(stateText({ generation: 3, openUntil: 99 }))).toEqual({ generation: 3, openUntil: 99 });
    expect([parseReport('1:2:3'), parseReport('a:b:c:d'), parseReport(undefined), parseState('')]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
