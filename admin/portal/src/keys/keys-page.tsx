import { Button, Code, Paper, Text } from '@mantine/core';
import { counted } from '@portico/ui/data/format';
import { Page } from '@portico/ui/layout/page';
import { DataTable } from '@portico/ui/show/data-table';
import { AnchorLink } from '@portico/ui/show/links';
import { Loaded } from '@portico/ui/show/loaded';
import { StatusBadge } from '@portico/ui/show/status-badge';
import { Time } from '@portico/ui/show/time';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../api.tsx';
import { useAccount } from '../shared/use-account.ts';
import { CreateKey } from './create-key.tsx';

export function KeysPage() {
  const api = useApi();
  const { accountId, mode, mayAct } = useAccount();
  const [isCreating, setCreating] = useState(false);
  const keys = useQuery(api.apiKeys.list.queryOptions({ accountId }));
  const create = mayAct && <Button onClick={() => setCreating(true)}>Create a key</Button>;
  return (
    <Page title="API keys" about={`Keys of ${mode} mode. A key names your program, and its secret signs every request.`} actions={create}>
      <Paper>
        <Loaded query={keys}>
          {(all) => (
            <DataTable
              label="API keys"
              rows={all.filter((key) => key.mode === mode)}
              keyOf={({ id }) => id}
              empty={`There are no keys of ${mode} mode yet.`}
              columns={[
                {
                  header: 'Name',
                  cell: ({ id, name }) => (
                    <AnchorLink to="/accounts/$accountId/keys/$keyId" params={{ accountId, keyId: id }} search={{ mode }} fw={600}>
                      {name}
                    </AnchorLink>
                  ),
                },
                { header: 'Key', cell: ({ keyHint }) => <Code>{keyHint}</Code> },
                { header: 'Status', cell: ({ status }) => <StatusBadge status={status} /> },
                {
                  header: 'Scopes',
                  cell: ({ scopes }) => (
                    <Text size="sm" title={scopes.join(', ')}>
                      {scopes.length > 2 ? counted(scopes.length, 'scope') : scopes.join(', ')}
                    </Text>
                  ),
                },
                { header: 'Tier', cell: ({ tier }) => tier },
                { header: 'Last used', cell: ({ lastUsedAt }) => <Time at={lastUsedAt} never="never" /> },
                { header: 'Expires', cell: ({ expiresAt }) => <Time at={expiresAt} precision="day" /> },
              ]}
            />
          )}
        </Loaded>
      </Paper>
      {isCreating && <CreateKey close={() => setCreating(false)} />}
    </Page>
  );
}
