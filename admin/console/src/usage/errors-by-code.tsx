import { Code } from '@mantine/core';
import { formatNumber } from '@portico/ui/data/format';
import { Panel } from '@portico/ui/layout/panel';
import { DataTable } from '@portico/ui/show/data-table';
import { Loaded } from '@portico/ui/show/loaded';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../api.tsx';
import type { UsageRange } from './usage-range.ts';

export function ErrorsByCode({ range }: { range: UsageRange }) {
  const errors = useQuery(useApi().usage.errorsByCode.queryOptions(range));
  return (
    <Panel title="Errors by code">
      <Loaded query={errors}>
        {(rows) => (
          <DataTable
            label="Errors by code"
            rows={rows}
            keyOf={({ code }) => code}
            empty="There was no error on these days."
            columns={[
              { header: 'Code', cell: ({ code }) => <Code>{code}</Code> },
              { header: 'Requests', align: 'right', cell: ({ requests }) => formatNumber(requests) },
            ]}
          />
        )}
      </Loaded>
    </Panel>
  );
}
