import { Panel } from '@portico/ui/layout/panel';
import { DataTable } from '@portico/ui/show/data-table';
import { Loaded } from '@portico/ui/show/loaded';
import { Time } from '@portico/ui/show/time';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../api.tsx';
import type { Range } from './range.ts';

const PAGE = 20;

export function ViolationsPanel({ range }: { range: Range }) {
  const api = useApi();
  const violations = useQuery(api.usage.violations.queryOptions(range));
  const keys = useQuery(api.apiKeys.list.queryOptions({ accountId: range.accountId }));
  const [shown, setShown] = useState(PAGE);
  const more = { ask: () => setShown(shown + PAGE), isAsking: false };
  return (
    <Panel title="Refused for their rate" about="Requests beyond a limit, newest first.">
      <Loaded query={violations}>
        {(rows) => (
          <DataTable
            label="Refused for their rate"
            rows={rows.slice(0, shown)}
            keyOf={({ requestId, at }) => `${at} ${requestId}`}
            empty="No request was beyond a limit."
            more={rows.length > shown ? more : undefined}
            columns={[
              { header: 'Time', cell: ({ at }) => <Time at={at} precision="second" /> },
              { header: 'Key', cell: ({ keyId }) => keys.data?.find(({ id }) => id === keyId)?.name ?? keyId ?? '—' },
              { header: 'Route', cell: ({ route }) => route ?? '—' },
              { header: 'Address', cell: ({ address }) => address },
            ]}
          />
        )}
      </Loaded>
    </Panel>
  );
}
