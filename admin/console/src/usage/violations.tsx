import { Code } from '@mantine/core';
import { Panel } from '@portico/ui/layout/panel';
import { DataTable } from '@portico/ui/show/data-table';
import { Loaded } from '@portico/ui/show/loaded';
import { Time } from '@portico/ui/show/time';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../api.tsx';
import type { UsageRange } from './usage-range.ts';

const SHOWN = 50;

/** The server answers a thousand; more than a screen of them is shown when asked for. */
export function Violations({ range }: { range: UsageRange }) {
  const violations = useQuery(useApi().usage.violations.queryOptions(range));
  const [shown, setShown] = useState(SHOWN);
  return (
    <Panel title="Refused for their rate" about="The latest requests that went over a limit, at most a thousand.">
      <Loaded query={violations}>
        {(rows) => (
          <DataTable
            label="Requests that were refused for their rate"
            rows={rows.slice(0, shown)}
            keyOf={({ at, requestId }) => `${at} ${requestId}`}
            more={rows.length > shown ? { ask: () => setShown(shown + SHOWN), isAsking: false } : undefined}
            empty="No request was refused for its rate on these days."
            columns={[
              { header: 'When', cell: ({ at }) => <Time at={at} precision="second" /> },
              { header: 'Route', cell: ({ route }) => route ?? '—' },
              { header: 'Key or client', cell: ({ keyId }) => keyId ?? '—' },
              { header: 'Address', cell: ({ address }) => address },
              { header: 'Request', cell: ({ requestId }) => <Code>{requestId}</Code> },
            ]}
          />
        )}
      </Loaded>
    </Panel>
  );
}
