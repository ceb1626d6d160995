import { Anchor, Code, Progress } from '@mantine/core';
import { formatNumber } from '@portico/ui/data/format';
import { Panel } from '@portico/ui/layout/panel';
import { DataTable } from '@portico/ui/show/data-table';
import { Loaded } from '@portico/ui/show/loaded';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../api.tsx';
import type { Range } from './range.ts';

export function ErrorsPanel({ range }: { range: Range }) {
  const api = useApi();
  const errors = useQuery(api.usage.errorsByCode.queryOptions(range));
  return (
    <Panel title="Errors by code">
      <Loaded query={errors}>
        {(rows) => (
          <DataTable
            label="Errors by code"
            rows={rows}
            keyOf={({ code }) => code}
            empty="No request was refused, none failed."
            columns={[
              {
                header: 'Code',
                cell: ({ code }) => (
                  <Anchor href={`/docs/errors#${code}`} target="_blank" rel="noreferrer">
                    <Code>{code}</Code>
                  </Anchor>
                ),
              },
              {
                header: 'Share',
                cell: ({ requests }) => <Progress value={(requests / (rows[0]?.requests ?? 1)) * 100} color="red.6" miw={80} aria-hidden />,
              },
              { header: 'Requests', align: 'right', cell: ({ requests }) => formatNumber(requests) },
            ]}
          />
        )}
      </Loaded>
    </Panel>
  );
}
