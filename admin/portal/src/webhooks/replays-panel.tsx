import { Button, Progress, Text } from '@mantine/core';
import { formatNumber } from '@portico/ui/data/format';
import { useAction } from '@portico/ui/forms/use-action';
import { Panel } from '@portico/ui/layout/panel';
import { DataTable } from '@portico/ui/show/data-table';
import { Loaded } from '@portico/ui/show/loaded';
import { RefusalAlert } from '@portico/ui/show/refusal-alert';
import { StatusBadge } from '@portico/ui/show/status-badge';
import { Time } from '@portico/ui/show/time';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi, useApiClient } from '../api.tsx';
import { useAccount } from '../shared/use-account.ts';
import { StartReplay } from './start-replay.tsx';

const ASK_AGAIN_MS = 1_500;

/** Replays of one webhook; while one runs, how far it has come. */
export function ReplaysPanel({ endpointId }: { endpointId: string }) {
  const [api, client] = [useApi(), useApiClient()];
  const { tenant, mayAct } = useAccount();
  const [isStarting, setStarting] = useState(false);
  const replays = useQuery(
    api.replays.list.queryOptions(
      { ...tenant, endpointId, size: 20 },
      { refetchInterval: ({ state }) => (state.data?.items.some(({ status }) => status === 'running') === true ? ASK_AGAIN_MS : false) },
    ),
  );
  const cancel = useAction({ work: (id: string) => client.replays.cancel.mutate({ ...tenant, id }) });
  return (
    <Panel
      title="Replays"
      about="Events of some time, sent again."
      actions={
        mayAct && (
          <Button variant="default" size="xs" onClick={() => setStarting(true)}>
            Replay events
          </Button>
        )
      }
    >
      <RefusalAlert refusal={cancel.refusal} />
      <Loaded query={replays} lines={2}>
        {({ items }) => (
          <DataTable
            label="Replays"
            rows={items}
            keyOf={({ id }) => String(id)}
            empty="Nothing was replayed yet."
            columns={[
              { header: 'Started', cell: ({ createdAt }) => <Time at={createdAt} /> },
              { header: 'What', cell: ({ what }) => what },
              { header: 'Status', cell: ({ status }) => <StatusBadge status={status ?? 'running'} /> },
              {
                header: 'Queued',
                cell: ({ total, queued }) => (
                  <>
                    <Progress value={total === 0 ? 100 : (queued / total) * 100} miw={120} aria-label="Queued" />
                    <Text size="xs">
                      {formatNumber(queued)} of {formatNumber(total)}
                    </Text>
                  </>
                ),
              },
              {
                header: 'Stop',
                hiddenHeader: true,
                align: 'right',
                cell: ({ id, status }) =>
                  mayAct &&
                  status === 'running' &&
                  id !== null && (
                    <Button size="compact-sm" variant="subtle" disabled={cancel.isRunning} onClick={() => cancel.run(id)}>
                      Stop
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </Loaded>
      {isStarting && <StartReplay endpointId={endpointId} close={() => setStarting(false)} />}
    </Panel>
  );
}
