/** One line for a test's numbers, beside its verdict. */
export function printCounts(what: string, counts: Readonly<Record<string, number | string>>): void {
  const text = Object.entries(counts).map(
    ([name, value]) => `${name} ${typeof value === 'number' ? Math.round(value * 100) / 100 : value}`,
  );
  console.log(`${what}: ${text.join(', ')}`);
}

/** The value that so large a part of them does not exceed. */
export function percentile(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length * part) - 1] ?? Number.NaN;
}
