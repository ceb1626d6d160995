import { Stack, Text } from '@mantine/core';
import { usePages } from '@portico/ui/data/use-pages';
import { Panel } from '@portico/ui/layout/panel';
import { DataTable } from '@portico/ui/show/data-table';
import { Loaded } from '@portico/ui/show/loaded';
import { StatusBadge } from '@portico/ui/show/status-badge';
import { Time } from '@portico/ui/show/time';
import { getRouteApi } from '@tanstack/react-router';
import { useApiClient } from '../api.tsx';
import { ModeField } from '../shared/mode-field.tsx';
import { EndpointLink } from './webhook-links.tsx';

const route = getRouteApi('/signed-in/accounts/$accountId/webhooks');

export function WebhooksTab() {
  const { accountId } = route.useParams();
  const { mode } = route.useSearch();
  const navigate = route.useNavigate();
  const api = useApiClient();
  const pages = usePages({
    queryKey: ['endpoints', accountId, mode],
    ask: async (cursor: string | undefined) => {
      const { items, nextCursor } = await api.endpoints.list.query({ accountId, mode, cursor });
      return { rows: items, after: nextCursor ?? undefined };
    },
  });
  return (
    <Panel
      title="Webhook endpoints"
      actions={<ModeField value={mode} onChange={(chosen) => void navigate({ search: { mode: chosen }, replace: true })} />}
    >
      <Loaded query={pages}>
        {(endpoints) => (
          <DataTable
            label="Webhook endpoints"
            rows={endpoints}
            keyOf={({ id }) => id}
            more={pages.more}
            empty={`The account has no endpoint in ${mode} mode.`}
            columns={[
              {
                header: 'URL',
                cell: ({ id, url, description }) => (
                  <>
                    <EndpointLink accountId={accountId} mode={mode} endpointId={id}>
                      {url}
                    </EndpointLink>
                    <Text size="xs" c="dimmed">
                      {description}
                    </Text>
                  </>
                ),
              },
              {
                header: 'Status',
                cell: ({ status, disabledReason }) => (
                  <Stack gap={2} align="flex-start">
                    <StatusBadge status={status} />
                    <Text size="xs" c="dimmed">
                      {disabledReason}
                    </Text>
                  </Stack>
                ),
              },
              { header: 'Events', cell: ({ events }) => <Text size="sm">{events.join(', ')}</Text> },
              { header: 'Last success', cell: ({ health }) => <Time at={health.lastSucceededAt} never="never" /> },
              { header: 'Failing since', cell: ({ health }) => <Time at={health.failingSince} /> },
            ]}
          />
        )}
      </Loaded>
    </Panel>
  );
}
