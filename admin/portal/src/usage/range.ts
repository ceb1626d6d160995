import { formatNumber } from '@portico/ui/data/format';

export type Range = { accountId: string; mode: 'live' | 'test'; from: string; to: string };

/** `12.5 %`; nothing of nothing. */
export function shareOf(part: number, whole: number): string {
  return whole === 0 ? '—' : `${formatNumber(Math.round((part / whole) * 1_000) / 10)} %`;
}
