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
import { CreateClient } from './create-client.tsx';

const route = getRouteApi('/signed-in/accounts/$accountId/clients');

export function ClientsTab() {
  const { accountId } = route.useParams();
  const clients = useQuery(useApi().oauthClients.list.queryOptions({ accountId }));
  const [isCreating, setCreating] = useState(false);
  const mayChange = useMay('change credentials');
  return (
    <Panel
      title="OAuth clients"
      about="All that are in force, and the latest 200 that are not."
      actions={mayChange && <Button onClick={() => setCreating(true)}>New client</Button>}
    >
      <Loaded query={clients}>
        {(rows) => (
          <DataTable
            label="OAuth clients"
            rows={rows}
            keyOf={({ id }) => id}
            empty="The account has no OAuth client yet."
            columns={[
              { header: 'Name', cell: ({ id, name }) => <PageLink to={`/accounts/${accountId}/clients/${id}`}>{name}</PageLink> },
              { header: 'Secret', cell: ({ secretHint }) => <Code>{secretHint}</Code> },
              { header: 'Mode', cell: ({ mode }) => <StatusBadge status={mode} /> },
              { header: 'Status', cell: ({ status }) => <StatusBadge status={status} /> },
              { header: 'Tier and limits', cell: (client) => <LimitsInWords {...client} /> },
              { header: 'Last used', cell: ({ lastUsedAt }) => <Time at={lastUsedAt} never="never" /> },
              { header: 'Created', cell: ({ createdAt }) => <Time at={createdAt} precision="day" /> },
            ]}
          />
        )}
      </Loaded>
      {isCreating && <CreateClient accountId={accountId} close={() => setCreating(false)} />}
    </Panel>
  );
}
