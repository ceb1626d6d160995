import { Box, Skeleton, VisuallyHidden } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { formatDay, formatNumber } from '../data/format.ts';
import { Empty } from '../show/data-table.tsx';

type Day = { day: string; requests: number; errors: number };
const Bars = lazy(() => import('./bars.tsx'));
const HEIGHT = 240;
const DAY_MS = 86_400_000;
const SERIES = [
  { name: 'Answered', color: 'accent.6' },
  { name: 'Refused or failed', color: 'red.6' },
];

/** Requests of each day from the first to the last, those without any too; the same as a table for those who do not see it. */
export function RequestsChart({ days, from, to }: { days: readonly Day[]; from: string; to: string }) {
  if (days.length === 0) return <Empty>There were no requests in this time.</Empty>;
  const rows = everyDay(from, to).map((day) => {
    const { requests = 0, errors = 0 } = days.find((one) => one.day === day) ?? {};
    return { day: formatDay(day), Answered: requests - errors, 'Refused or failed': errors, requests };
  });
  return (
    <>
      <Box aria-hidden="true">
        <Suspense fallback={<Skeleton height={HEIGHT} />}>
          <Bars height={HEIGHT} rows={rows} series={SERIES} />
        </Suspense>
      </Box>
      <VisuallyHidden>
        <table>
          <caption>Requests per day</caption>
          <thead>
            <tr>
              <th scope="col">Day</th>
              <th scope="col">Requests</th>
              <th scope="col">Refused or failed</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.day}>
                <th scope="row">{row.day}</th>
                <td>{formatNumber(row.requests)}</td>
                <td>{formatNumber(row['Refused or failed'])}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </VisuallyHidden>
    </>
  );
}

function everyDay(from: string, to: string): string[] {
  const [first, last] = [Date.parse(from), Date.parse(to)];
  return Array.from({ length: Math.round((last - first) / DAY_MS) + 1 }, (_, index) =>
    new Date(first + index * DAY_MS).toISOString().slice(0, 10),
  );
}
