import { Group, Paper, Select } from '@mantine/core';
import { usePages } from '@portico/ui/data/use-pages';
import { Page } from '@portico/ui/layout/page';
import { DataTable } from '@portico/ui/show/data-table';
import { AnchorLink } from '@portico/ui/show/links';
import { Loaded } from '@portico/ui/show/loaded';
import { StatusBadge } from '@portico/ui/show/status-badge';
import { Time } from '@portico/ui/show/time';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useApi, useApiClient } from '../api.tsx';
import { useAccount } from '../shared/use-account.ts';

export const DELIVERY_STATUSES = ['pending', 'succeeded', 'dead', 'cancelled'] as const;
const REFRESH_MS = 3_000;
const FROM = '/signed-in/accounts/$accountId/deliveries';

export function DeliveriesPage() {
  const [api, client, navigate] = [useApi(), useApiClient(), useNavigate({ from: '/accounts/$accountId/deliveries' })];
  const { accountId, mode, tenant } = useAccount();
  const { endpointId, status } = useSearch({ from: FROM });
  const endpoints = useQuery(api.endpoints.list.queryOptions({ ...tenant, size: 100 }));
  const given = { ...tenant, endpointId, status };
  const deliveries = usePages({
    queryKey: api.deliveries.list.queryKey(given),
    refreshMs: REFRESH_MS,
    async ask(cursor: string | undefined, signal) {
      const { items, nextCursor } = await client.deliveries.list.query({ ...given, size: 50, cursor }, { signal });
      return { rows: items, after: nextCursor ?? undefined };
    },
  });
  const urlOf = (id: string): string => endpoints.data?.items.find((one) => one.id === id)?.url ?? id;
  return (
    <Page title="Deliveries" about="Every event on its way to a webhook, newest first, for 30 days.">
      <Paper>
        <Group mb="md" align="flex-end">
          <Select
            label="Webhook"
            placeholder="all"
            clearable
            w={{ base: '100%', sm: 320 }}
            data={endpoints.data?.items.map(({ id, url }) => ({ value: id, label: url })) ?? []}
            value={endpointId ?? null}
            onChange={(value) => void navigate({ search: (before) => ({ ...before, endpointId: value ?? undefined }) })}
          />
          <Select
            label="Status"
            placeholder="all"
            clearable
            w={160}
            data={[...DELIVERY_STATUSES]}
            value={status ?? null}
            onChange={(value) =>
              void navigate({ search: (before) => ({ ...before, status: DELIVERY_STATUSES.find((one) => one === value) }) })
            }
          />
        </Group>
        <Loaded query={deliveries} lines={8}>
          {(rows) => (
            <DataTable
              label="Deliveries"
              rows={rows}
              keyOf={({ id }) => id}
              empty="There are no such deliveries."
              more={deliveries.more}
              columns={[
                { header: 'Created', cell: ({ createdAt }) => <Time at={createdAt} precision="second" /> },
                {
                  header: 'Event',
                  cell: ({ id, eventType }) => (
                    <AnchorLink
                      to="/accounts/$accountId/deliveries/$deliveryId"
                      params={{ accountId, deliveryId: id }}
                      search={{ mode }}
                      fw={600}
                    >
                      {eventType}
                    </AnchorLink>
                  ),
                },
                { header: 'Status', cell: (row) => <StatusBadge status={row.status} /> },
                { header: 'Tries', align: 'right', cell: ({ attemptCount }) => attemptCount },
                { header: 'Last answer', cell: ({ lastResponseStatus, lastError }) => lastResponseStatus ?? lastError ?? '—' },
                { header: 'Next try', cell: ({ nextAttemptAt }) => <Time at={nextAttemptAt} precision="second" /> },
                { header: 'Webhook', cell: (row) => <span className="breaking">{urlOf(row.endpointId)}</span> },
              ]}
            />
          )}
        </Loaded>
      </Paper>
    </Page>
  );
}
