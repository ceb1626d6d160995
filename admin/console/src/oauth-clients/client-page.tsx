import { Code, Group, Stack } from '@mantine/core';
import { Panel } from '@portico/ui/layout/panel';
import { Facts } from '@portico/ui/show/facts';
import { Loaded } from '@portico/ui/show/loaded';
import { PageLink } from '@portico/ui/show/page-link';
import { StatusBadge } from '@portico/ui/show/status-badge';
import { Time } from '@portico/ui/show/time';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { Client } from '../answers.ts';
import { useApi } from '../api.tsx';
import { useMay } from '../me.tsx';
import { LimitsInWords, Scopes } from '../shared/limits-and-scopes.tsx';
import { ClientDeeds } from './client-deeds.tsx';
import { EditClient } from './edit-client.tsx';

const route = getRouteApi('/signed-in/accounts/$accountId/clients/$clientId');

export function ClientPage() {
  const { accountId, clientId } = route.useParams();
  const client = useQuery(useApi().oauthClients.get.queryOptions({ accountId, id: clientId }));
  const mayChange = useMay('change credentials');
  return (
    <Loaded query={client}>
      {(found) => (
        <Stack gap="lg">
          <PageLink to={`/accounts/${accountId}/clients`} size="sm">
            ← All OAuth clients
          </PageLink>
          <Panel title={`OAuth client ${found.name}`} actions={mayChange && found.status === 'active' && <ClientDeeds client={found} />}>
            <ClientFacts client={found} />
          </Panel>
          {mayChange && found.status === 'active' && <EditClient key={found.id} client={found} />}
        </Stack>
      )}
    </Loaded>
  );
}

function ClientFacts({ client }: { client: Client }) {
  const { id, secretHint, mode, status, scopes, createdAt, lastUsedAt, previousSecretUntil, revokedAt } = client;
  return (
    <Facts
      facts={{
        'Client id': <Code>{id}</Code>,
        Secret: <Code>{secretHint}</Code>,
        Status: (
          <Group gap="xs">
            <StatusBadge status={mode} />
            <StatusBadge status={status} />
          </Group>
        ),
        Scopes: <Scopes scopes={scopes} />,
        'Tier and limits': <LimitsInWords {...client} />,
        Created: <Time at={createdAt} />,
        'Last used': <Time at={lastUsedAt} never="never" />,
        'The secret before is good until': previousSecretUntil != null && <Time at={previousSecretUntil} />,
        Revoked: revokedAt != null && <Time at={revokedAt} />,
      }}
    />
  );
}
