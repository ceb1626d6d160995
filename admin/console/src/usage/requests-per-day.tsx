import { Progress } from '@mantine/core';
import { formatDay, formatNumber } from '@portico/ui/data/format';
import { Panel } from '@portico/ui/layout/panel';
import { DataTable } from '@portico/ui/show/data-table';
import { Loaded } from '@portico/ui/show/loaded';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../api.tsx';
import type { UsageRange } from './usage-range.ts';

/** Each day with its part of the busiest one, so that the table is its own chart. */
export function RequestsPerDay({ range }: { range: UsageRange }) {
  const usage = useQuery(useApi().usage.requestsPerDay.queryOptions(range));
  return (
    <Panel title="Requests per day" about="In UTC; about a minute behind.">
      <Loaded query={usage}>
        {(days) => {
          const most = Math.max(1, ...days.map(({ requests }) => requests));
          return (
            <DataTable
              label="Requests per day"
              rows={days.toReversed()}
              keyOf={({ day }) => day}
              empty="There was no request on these days."
              columns={[
                { header: 'Day', cell: ({ day }) => formatDay(day) },
                {
                  header: 'Share of the busiest day',
                  cell: ({ requests, errors }) => (
                    <Progress.Root size="lg" miw={160} aria-hidden>
                      <Progress.Section value={((requests - errors) / most) * 100} />
                      <Progress.Section value={(errors / most) * 100} color="red" />
                    </Progress.Root>
                  ),
                },
                { header: 'Requests', align: 'right', cell: ({ requests }) => formatNumber(requests) },
                { header: 'Errors', align: 'right', cell: ({ errors }) => formatNumber(errors) },
              ]}
            />
          );
        }}
      </Loaded>
    </Panel>
  );
}
