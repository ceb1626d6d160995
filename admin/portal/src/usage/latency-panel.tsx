import { SegmentedControl } from '@mantine/core';
import { formatDuration, formatNumber } from '@portico/ui/data/format';
import { Panel } from '@portico/ui/layout/panel';
import { DataTable } from '@portico/ui/show/data-table';
import { Loaded } from '@portico/ui/show/loaded';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../api.tsx';
import type { Range } from './range.ts';

const time = (ms: number | undefined): string => (ms === undefined ? '—' : formatDuration(ms));

export function LatencyPanel({ range }: { range: Range }) {
  const api = useApi();
  const [by, setBy] = useState<'route' | 'key'>('route');
  const latency = useQuery(api.usage.latency.queryOptions({ ...range, by }));
  const keys = useQuery(api.apiKeys.list.queryOptions({ accountId: range.accountId }));
  const nameOf = (name: string): string => keys.data?.find(({ id }) => id === name)?.name ?? name;
  return (
    <Panel
      title="Latency"
      about="How long we took to answer."
      actions={
        <SegmentedControl
          size="xs"
          aria-label="Latency by"
          data={[
            { value: 'route', label: 'By route' },
            { value: 'key', label: 'By key' },
          ]}
          value={by}
          onChange={(value) => setBy(value as typeof by)}
        />
      }
    >
      <Loaded query={latency}>
        {(rows) => (
          <DataTable
            label="Latency"
            rows={rows}
            keyOf={({ name }) => name}
            empty="There were no requests in this time."
            columns={[
              { header: by === 'key' ? 'Key' : 'Route', cell: ({ name }) => (by === 'key' ? nameOf(name) : name) },
              { header: 'Requests', align: 'right', cell: ({ requests }) => formatNumber(requests) },
              { header: 'Half within', align: 'right', cell: ({ p50Ms }) => time(p50Ms) },
              { header: '95 % within', align: 'right', cell: ({ p95Ms }) => time(p95Ms) },
              { header: '99 % within', align: 'right', cell: ({ p99Ms }) => time(p99Ms) },
            ]}
          />
        )}
      </Loaded>
    </Panel>
  );
}
