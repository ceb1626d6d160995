import { formatDate, formatPreciseTime, formatTime } from '../data/format.ts';

/** In the reader's zone; pointing at it shows UTC. Nothing, in words, where there is no time yet. */
export function Time({
  at,
  never = '—',
  precision = 'minute',
}: {
  at: string | null | undefined;
  never?: string;
  precision?: 'day' | 'minute' | 'second';
}) {
  if (at == null) return <span>{never}</span>;
  const format = { day: formatDate, minute: formatTime, second: formatPreciseTime }[precision];
  return (
    <time dateTime={at} title={`${at.replace('T', ' ').replace(/(\.\d+)?Z$/, '')} UTC`}>
      {format(at)}
    </time>
  );
}
