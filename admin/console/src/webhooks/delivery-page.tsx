import { Button, Code, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { ConfirmDialog } from '@portico/ui/forms/confirm-dialog';
import { useAction } from '@portico/ui/forms/use-action';
import { Panel } from '@portico/ui/layout/panel';
import { Facts } from '@portico/ui/show/facts';
import { Loaded } from '@portico/ui/show/loaded';
import { StatusBadge } from '@portico/ui/show/status-badge';
import { Time } from '@portico/ui/show/time';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import type { Delivery } from '../answers.ts';
import { useApi, useApiClient } from '../api.tsx';
import { useMay } from '../me.tsx';
import { AttemptInFull } from './attempt-in-full.tsx';
import { EndpointLink, type Tenant } from './webhook-links.tsx';

const route = getRouteApi('/signed-in/accounts/$accountId/webhooks/deliveries/$deliveryId');

export function DeliveryPage() {
  const { accountId, deliveryId } = route.useParams();
  const { mode } = route.useSearch();
  const delivery = useQuery(useApi().deliveries.get.queryOptions({ accountId, mode, id: deliveryId }));
  return <Loaded query={delivery}>{(found) => <DeliveryInFull tenant={{ accountId, mode }} delivery={found} />}</Loaded>;
}

function DeliveryInFull({ tenant, delivery }: { tenant: Tenant; delivery: Delivery }) {
  const { id, endpointId, eventId, eventType, status, nextAttemptAt, replayId, createdAt, completedAt, attempts } = delivery;
  const mayAct = useMay('act on webhooks');
  const [isReplaying, setReplaying] = useState(false);
  return (
    <Stack gap="lg">
      <EndpointLink {...tenant} endpointId={endpointId}>
        ← The endpoint and its deliveries
      </EndpointLink>
      <Panel title={`Delivery of ${eventType}`} actions={mayAct && <Button onClick={() => setReplaying(true)}>Send again</Button>}>
        <Facts
          facts={{
            Id: <Code>{id}</Code>,
            Event: <Code>{eventId}</Code>,
            Status: <StatusBadge status={status} />,
            'Next attempt': nextAttemptAt !== null && <Time at={nextAttemptAt} precision="second" />,
            'Part of the replay': replayId !== null && <Code>{replayId}</Code>,
            Created: <Time at={createdAt} precision="second" />,
            Ended: completedAt !== null && <Time at={completedAt} precision="second" />,
          }}
        />
      </Panel>
      <Panel title="Attempts" about="With secrets masked, and bodies cut at 64 KiB.">
        {attempts.length === 0 ? 'There was none yet.' : attempts.map((attempt) => <AttemptInFull key={attempt.id} attempt={attempt} />)}
      </Panel>
      {isReplaying && <Replay tenant={tenant} id={id} close={() => setReplaying(false)} />}
    </Stack>
  );
}

function Replay({ tenant, id, close }: { tenant: Tenant; id: string; close(): void }) {
  const api = useApiClient();
  const replay = useAction({
    work: () => api.deliveries.replay.mutate({ ...tenant, id }),
    done() {
      close();
      notifications.show({ message: 'It is sent again.' });
    },
  });
  return (
    <ConfirmDialog
      title="Send it again"
      verb="Send again"
      isDangerous={false}
      {...replay}
      confirm={() => replay.run(undefined)}
      close={close}
    >
      The endpoint gets this event once more, under the same id: receivers that heed it take it once.
    </ConfirmDialog>
  );
}
