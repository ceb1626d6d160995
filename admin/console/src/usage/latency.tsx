import { SegmentedControl } from '@mantine/core';
import { formatDuration, formatNumber } from '@portico/ui/data/format';
import { Panel } from '@portico/ui/layout/panel';
import { DataTable } from '@portico/ui/show/data-table';
import { Loaded } from '@portico/ui/show/loaded';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../api.tsx';
import type { UsageRange } from './usage-range.ts';

export const LATENCY_BY = ['route', 'key'] as const;
export type LatencyBy = (typeof LATENCY_BY)[number];

export function Latency({ range, by, change }: { range: UsageRange; by: LatencyBy; change(by: LatencyBy): void }) {
  const latency = useQuery(useApi().usage.latency.queryOptions({ ...range, by }));
  const duration = (ms: number | undefined) => (ms === undefined ? '—' : formatDuration(ms));
  return (
    <Panel
      title="Latency"
      about="So long half, 95 and 99 of a hundred requests took at most; the busiest first."
      actions={<SegmentedControl aria-label="Latency by" data={[...LATENCY_BY]} value={by} onChange={change} />}
    >
      <Loaded query={latency}>
        {(rows) => (
          <DataTable
            label={`Latency by ${by}`}
            rows={rows}
            keyOf={({ name }) => name}
            empty="There was no request on these days."
            columns={[
              { header: by === 'key' ? 'Key or client' : 'Route', cell: ({ name }) => name },
              { header: 'Requests', align: 'right', cell: ({ requests }) => formatNumber(requests) },
              { header: 'p50', align: 'right', cell: ({ p50Ms }) => duration(p50Ms) },
              { header: 'p95', align: 'right', cell: ({ p95Ms }) => duration(p95Ms) },
              { header: 'p99', align: 'right', cell: ({ p99Ms }) => duration(p99Ms) },
            ]}
          />
        )}
      </Loaded>
    </Panel>
  );
}
