import { Button, Progress } from '@mantine/core';
import { formatNumber } from '@portico/ui/data/format';
import { ConfirmDialog } from '@portico/ui/forms/confirm-dialog';
import { useAction } from '@portico/ui/forms/use-action';
import { Panel } from '@portico/ui/layout/panel';
import { DataTable } from '@portico/ui/show/data-table';
import { Loaded } from '@portico/ui/show/loaded';
import { StatusBadge } from '@portico/ui/show/status-badge';
import { Time } from '@portico/ui/show/time';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Replay } from '../answers.ts';
import { useApi, useApiClient } from '../api.tsx';
import { useMay } from '../me.tsx';
import { StartReplay } from './start-replay.tsx';
import type { Tenant } from './webhook-links.tsx';

/** While one runs, its progress is asked for again. */
const PROGRESS_MS = 1_000;
const SHOWN = 50;

export function Replays({ tenant, endpointId }: { tenant: Tenant; endpointId: string }) {
  const replays = useQuery({
    ...useApi().replays.list.queryOptions({ ...tenant, endpointId, size: SHOWN }),
    refetchInterval: ({ state }) => (state.data?.items.some(({ status }) => status === 'running') ? PROGRESS_MS : false),
  });
  const [isStarting, setStarting] = useState(false);
  const [cancelled, setCancelled] = useState<string>();
  const mayAct = useMay('act on webhooks');
  const cancel = ({ id, status }: Replay) =>
    status === 'running' &&
    id !== null && (
      <Button size="xs" variant="light" color="red" onClick={() => setCancelled(id)}>
        Stop
      </Button>
    );
  return (
    <Panel
      title="Replays"
      about="Jobs that send many deliveries again."
      actions={mayAct && <Button onClick={() => setStarting(true)}>New replay</Button>}
    >
      <Loaded query={replays}>
        {({ items }) => (
          <DataTable
            label="Replays"
            rows={items}
            keyOf={({ id }) => String(id)}
            empty="Nothing was replayed yet."
            columns={[
              { header: 'What', cell: ({ what }) => what },
              { header: 'From', cell: ({ since }) => <Time at={since} /> },
              { header: 'Until', cell: ({ until }) => <Time at={until} /> },
              { header: 'Status', cell: ({ status }) => status !== null && <StatusBadge status={status} /> },
              { header: 'Sent', cell: ({ queued, total }) => <Sent queued={queued} total={total} /> },
              ...(mayAct ? [{ header: 'What can be done', hiddenHeader: true, cell: cancel }] : []),
            ]}
          />
        )}
      </Loaded>
      {isStarting && <StartReplay tenant={tenant} endpointId={endpointId} close={() => setStarting(false)} />}
      {cancelled !== undefined && <CancelReplay tenant={tenant} id={cancelled} close={() => setCancelled(undefined)} />}
    </Panel>
  );
}

function Sent({ queued, total }: { queued: number; total: number }) {
  return (
    <>
      {formatNumber(queued)} of {formatNumber(total)}
      <Progress value={total === 0 ? 100 : (queued / total) * 100} size="sm" miw={100} aria-label="Progress of the replay" />
    </>
  );
}

function CancelReplay({ tenant, id, close }: { tenant: Tenant; id: string; close(): void }) {
  const api = useApiClient();
  const cancel = useAction({ work: () => api.replays.cancel.mutate({ ...tenant, id }), done: close });
  return (
    <ConfirmDialog title="Stop the replay" verb="Stop it" {...cancel} confirm={() => cancel.run(undefined)} close={close}>
      What it has not queued yet is not sent again. What it has stays sent.
    </ConfirmDialog>
  );
}
