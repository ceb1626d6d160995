import { Button, Code } from '@mantine/core';
import { Panel } from '@portico/ui/layout/panel';
import { DataTable } from '@portico/ui/show/data-table';
import { Loaded } from '@portico/ui/show/loaded';
import { PageLink } from '@portico/ui/show/page-link';
import { StatusBadge } from '@portico/ui/show/status-badge';
import { Time } from '@portico/ui/show/time';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useApi } from '../api.tsx';
import { useMay } from '../me.tsx';
import { LimitsInWords } from '../shared/limits-and-scopes.tsx';
import { CreateKey } from './create-key.tsx';

const route = getRouteApi('/signed-in/accounts/$accountId/keys');

export function KeysTab() {
  const { accountId } = route.useParams();
  const keys = useQuery(useApi().apiKeys.list.queryOptions({ accountId }));
  const [isCreating, setCreating] = useState(false);
  const mayChange = useMay('change credentials');
  return (
    <Panel
      title="API keys"
      about="All that are in force, and the latest 200 that are not."
      actions={mayChange && <Button onClick={() => setCreating(true)}>New key</Button>}
    >
      <Loaded query={keys}>
        {(rows) => (
          <DataTable
            label="API keys"
            rows={rows}
            keyOf={({ id }) => id}
            empty="The account has no API key yet."
            columns={[
              { header: 'Name', cell: ({ id, name }) => <PageLink to={`/accounts/${accountId}/keys/${id}`}>{name}</PageLink> },
              { header: 'Key', cell: ({ keyHint }) => <Code>{keyHint}</Code> },
              { header: 'Mode', cell: ({ mode }) => <StatusBadge status={mode} /> },
              { header: 'Status', cell: ({ status }) => <StatusBadge status={status} /> },
              { header: 'Tier and limits', cell: (key) => <LimitsInWords {...key} /> },
              { header: 'Last used', cell: ({ lastUsedAt }) => <Time at={lastUsedAt} never="never" /> },
              { header: 'Expires', cell: ({ expiresAt }) => <Time at={expiresAt} precision="day" /> },
            ]}
          />
        )}
      </Loaded>
      {isCreating && <CreateKey accountId={accountId} close={() => setCreating(false)} />}
    </Panel>
  );
}
