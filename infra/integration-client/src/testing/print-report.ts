import type { ConformanceReport } from './conformance.ts';

const MARKS = { passed: 'ok', failed: 'FAILED', 'not applicable': '-' } as const;

/** A row for every fault and a column for every operation, then what failed and why. */
export function printReport({ provider, passed, failed, cases, leftOut }: ConformanceReport): string {
  const operations = [...new Set(cases.map(({ operation }) => operation))];
  const names = [...new Set(cases.map(({ name }) => name))];
  const rows = names.map((name) => [name, ...operations.map((operation) => markOf(cases, name, operation))]);
  const table = [[provider, ...operations], ...rows];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const why = cases.flatMap((one) => (one.outcome === 'failed' ? [`${one.operation}, ${one.name}: ${one.why}`] : []));
  const sum = `${passed} passed, ${failed} failed, ${cases.length - passed - failed} not applicable`;
  const notTried = leftOut.map((field) => `${field} is optional and was left out: nothing that fits its rule could be made`);
  const notes = [...why, ...notTried];
  return [...lines, '', ...notes, ...(notes.length > 0 ? [''] : []), sum].join('\n');
}

function markOf(cases: ConformanceReport['cases'], name: string, operation: string): string {
  const found = cases.find((one) => one.name === name && one.operation === operation);
  return found === undefined ? '' : MARKS[found.outcome];
}
