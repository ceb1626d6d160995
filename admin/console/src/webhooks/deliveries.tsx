import { Text } from '@mantine/core';
import { usePages } from '@portico/ui/data/use-pages';
import { Panel } from '@portico/ui/layout/panel';
import { DataTable } from '@portico/ui/show/data-table';
import { Loaded } from '@portico/ui/show/loaded';
import { StatusBadge } from '@portico/ui/show/status-badge';
import { Time } from '@portico/ui/show/time';
import { useApiClient } from '../api.tsx';
import { ChoiceFilter } from '../fields.tsx';
import { searchWord } from '../search.ts';
import { DeliveryLink, type Tenant } from './webhook-links.tsx';

export const DELIVERY_STATUSES = ['pending', 'succeeded', 'dead', 'cancelled'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

type Given = { tenant: Tenant; endpointId: string; status: DeliveryStatus | undefined; narrow(status: DeliveryStatus | undefined): void };

export function Deliveries({ tenant, endpointId, status, narrow }: Given) {
  const api = useApiClient();
  const pages = usePages({
    queryKey: ['deliveries', tenant, endpointId, status],
    ask: async (cursor: string | undefined) => {
      const { items, nextCursor } = await api.deliveries.list.query({ ...tenant, endpointId, status, cursor });
      return { rows: items, after: nextCursor ?? undefined };
    },
  });
  return (
    <Panel
      title="Deliveries"
      about="The latest first; attempts are kept for 30 days."
      actions={
        <ChoiceFilter
          label="Status"
          value={status}
          choices={DELIVERY_STATUSES}
          all="all"
          onChange={(chosen) => narrow(searchWord(DELIVERY_STATUSES, chosen))}
        />
      }
    >
      <Loaded query={pages}>
        {(deliveries) => (
          <DataTable
            label="Deliveries"
            rows={deliveries}
            keyOf={({ id }) => id}
            more={pages.more}
            empty="There is no such delivery."
            columns={[
              {
                header: 'Event',
                cell: ({ id, eventType, eventId }) => (
                  <>
                    <DeliveryLink {...tenant} deliveryId={id}>
                      {eventType}
                    </DeliveryLink>
                    <Text size="xs" c="dimmed">
                      {eventId}
                    </Text>
                  </>
                ),
              },
              { header: 'Status', cell: (delivery) => <StatusBadge status={delivery.status} /> },
              { header: 'Attempts', align: 'right', cell: ({ attemptCount }) => attemptCount },
              { header: 'Last answer', cell: ({ lastResponseStatus, lastError }) => lastResponseStatus ?? lastError ?? '—' },
              { header: 'Next attempt', cell: ({ nextAttemptAt }) => <Time at={nextAttemptAt} precision="second" /> },
              { header: 'Created', cell: ({ createdAt }) => <Time at={createdAt} precision="second" /> },
            ]}
          />
        )}
      </Loaded>
    </Panel>
  );
}
