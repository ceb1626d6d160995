import { Button, Code, Menu, Paper } from '@mantine/core';
import { counted } from '@portico/ui/data/format';
import { Page } from '@portico/ui/layout/page';
import { DataTable } from '@portico/ui/show/data-table';
import { Loaded } from '@portico/ui/show/loaded';
import { StatusBadge } from '@portico/ui/show/status-badge';
import { Time } from '@portico/ui/show/time';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../api.tsx';
import { useAccount } from '../shared/use-account.ts';
import { type Client, ClientDialog, type Wish } from './client-dialog.tsx';

export function ClientsPage() {
  const api = useApi();
  const { accountId, mode, mayAct } = useAccount();
  const [wish, setWish] = useState<Wish>();
  const clients = useQuery(api.oauthClients.list.queryOptions({ accountId }));
  return (
    <Page
      title="OAuth clients"
      about={`Programs that get tokens in their own name, in ${mode} mode.`}
      actions={mayAct && <Button onClick={() => setWish({ kind: 'create' })}>Create a client</Button>}
    >
      <Paper>
        <Loaded query={clients}>
          {(all) => (
            <DataTable
              label="OAuth clients"
              rows={all.filter((client) => client.mode === mode)}
              keyOf={({ id }) => id}
              empty={`There are no OAuth clients of ${mode} mode yet.`}
              columns={[
                { header: 'Name', cell: ({ name }) => name },
                { header: 'Client id', cell: ({ id }) => <Code>{id}</Code> },
                { header: 'Status', cell: ({ status }) => <StatusBadge status={status} /> },
                { header: 'Scopes', cell: ({ scopes }) => (scopes.length > 2 ? counted(scopes.length, 'scope') : scopes.join(', ')) },
                { header: 'Last used', cell: ({ lastUsedAt }) => <Time at={lastUsedAt} never="never" /> },
                {
                  header: 'Actions',
                  hiddenHeader: true,
                  align: 'right',
                  cell: (client) => mayAct && client.status === 'active' && <ClientMenu client={client} choose={setWish} />,
                },
              ]}
            />
          )}
        </Loaded>
      </Paper>
      {wish !== undefined && <ClientDialog wish={wish} close={() => setWish(undefined)} />}
    </Page>
  );
}

function ClientMenu({ client, choose }: { client: Client; choose(wish: Wish): void }) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button size="compact-sm" variant="default" aria-label={`Actions on ${client.name}`}>
          Actions
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => choose({ kind: 'edit', client })}>Edit</Menu.Item>
        <Menu.Item onClick={() => choose({ kind: 'rotate', client })}>Rotate the secret</Menu.Item>
        <Menu.Item color="red" onClick={() => choose({ kind: 'revoke', client })}>
          Revoke
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
