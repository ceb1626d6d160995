import type { RateLimit } from '@portico/contracts/tiers';
import { UsageError } from './command.ts';

const SECONDS: Readonly<Record<string, number>> = { s: 1, sec: 1, m: 60, min: 60, h: 3_600, hour: 3_600, d: 86_400, day: 86_400 };

/** `100000/h`, `50/min`, `5/10s`. */
export function parseRate(text: string): RateLimit {
  const match = /^(\d{1,9})\/(\d{0,5})([a-z]+)$/.exec(text);
  const [, limit = '', times = '', unit = ''] = match ?? [];
  const seconds = Object.hasOwn(SECONDS, unit) ? (SECONDS[unit] ?? 0) * Number(times || 1) : 0;
  if (Number(limit) < 1 || seconds < 1)
    throw new UsageError(`${JSON.stringify(text)} is not a rate: write it as 100000/h, 50000/min or 5/10s.`);
  return { limit: Number(limit), windowSeconds: seconds };
}
