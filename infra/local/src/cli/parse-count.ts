import { UsageError } from './command.ts';

/** A whole number from 0 to `max`; digits may be grouped by underscores. */
export function parseCount(option: string, text: string, max: number): number {
  const count = /^\d[\d_]*$/.test(text) ? Number(text.replaceAll('_', '')) : Number.NaN;
  if (!(count <= max)) throw new UsageError(`--${option} takes a whole number up to ${max}, not ${JSON.stringify(text)}.`);
  return count;
}
