import { Button, Paper, Text } from '@mantine/core';
import { counted } from '@portico/ui/data/format';
import { usePages } from '@portico/ui/data/use-pages';
import { Page } from '@portico/ui/layout/page';
import { DataTable } from '@portico/ui/show/data-table';
import { AnchorLink } from '@portico/ui/show/links';
import { Loaded } from '@portico/ui/show/loaded';
import { StatusBadge } from '@portico/ui/show/status-badge';
import { Time } from '@portico/ui/show/time';
import { useState } from 'react';
import { useApi, useApiClient } from '../api.tsx';
import { useAccount } from '../shared/use-account.ts';
import { RegisterWebhook } from './register-webhook.tsx';

export function WebhooksPage() {
  const [api, client] = [useApi(), useApiClient()];
  const { accountId, mode, tenant, mayAct } = useAccount();
  const [isRegistering, setRegistering] = useState(false);
  const endpoints = usePages({
    queryKey: api.endpoints.list.queryKey(tenant),
    async ask(cursor: string | undefined, signal) {
      const { items, nextCursor } = await client.endpoints.list.query({ ...tenant, cursor }, { signal });
      return { rows: items, after: nextCursor ?? undefined };
    },
  });
  return (
    <Page
      title="Webhooks"
      about={`Where events of ${mode} mode are sent, signed and repeated until they arrive.`}
      actions={mayAct && <Button onClick={() => setRegistering(true)}>Register a webhook</Button>}
    >
      <Paper>
        <Loaded query={endpoints}>
          {(rows) => (
            <DataTable
              label="Webhooks"
              rows={rows}
              keyOf={({ id }) => id}
              empty={`There are no webhooks of ${mode} mode yet.`}
              more={endpoints.more}
              columns={[
                {
                  header: 'Address',
                  cell: ({ id, url, description }) => (
                    <>
                      <AnchorLink
                        to="/accounts/$accountId/webhooks/$endpointId"
                        params={{ accountId, endpointId: id }}
                        search={{ mode }}
                        fw={600}
                        className="breaking"
                      >
                        {url}
                      </AnchorLink>
                      {description !== null && (
                        <Text size="xs" c="dimmed">
                          {description}
                        </Text>
                      )}
                    </>
                  ),
                },
                { header: 'Status', cell: ({ status }) => <StatusBadge status={status} /> },
                { header: 'Events', cell: ({ events }) => <Events events={events} /> },
                { header: 'Last success', cell: ({ health }) => <Time at={health.lastSucceededAt} never="never" /> },
                { header: 'Failing since', cell: ({ health }) => <Time at={health.failingSince} /> },
              ]}
            />
          )}
        </Loaded>
      </Paper>
      {isRegistering && <RegisterWebhook close={() => setRegistering(false)} />}
    </Page>
  );
}

const NAMED = 2;

function Events({ events }: { events: readonly string[] }) {
  if (events.includes('*')) return 'all';
  return <span title={events.join(', ')}>{events.length > NAMED ? counted(events.length, 'type') : events.join(', ')}</span>;
}
