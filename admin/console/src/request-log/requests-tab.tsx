import { Badge, Code, Text } from '@mantine/core';
import { formatDuration } from '@portico/ui/data/format';
import { usePages } from '@portico/ui/data/use-pages';
import { Panel } from '@portico/ui/layout/panel';
import { DataTable } from '@portico/ui/show/data-table';
import { Loaded } from '@portico/ui/show/loaded';
import { Time } from '@portico/ui/show/time';
import { getRouteApi } from '@tanstack/react-router';
import type { RequestRow } from '../answers.ts';
import { useApiClient } from '../api.tsx';
import { PAGE_SIZE, pageByLast } from '../page-by-last.ts';

const route = getRouteApi('/signed-in/accounts/$accountId/requests');

export function RequestsTab() {
  const { accountId } = route.useParams();
  const api = useApiClient();
  const pages = usePages({
    queryKey: ['requests', accountId],
    ask: async (after: RequestRow | undefined) => pageByLast(await api.requestLog.list.query({ accountId, after, limit: PAGE_SIZE })),
  });
  return (
    <Panel title="Requests" about="The latest first. Values of a query that may be personal are not kept: *** stands for them.">
      <Loaded query={pages}>
        {(rows) => (
          <DataTable
            label="Requests"
            rows={rows}
            keyOf={({ at, requestId }) => `${at} ${requestId}`}
            more={pages.more}
            empty="The account has asked for nothing yet."
            columns={[
              { header: 'When', cell: ({ at }) => <Time at={at} precision="second" /> },
              { header: 'Request', cell: (row) => <Asked row={row} /> },
              { header: 'Status', cell: ({ status, errorCode }) => <Outcome status={status} errorCode={errorCode} /> },
              { header: 'Took', align: 'right', cell: ({ durationMs }) => formatDuration(durationMs) },
              { header: 'Mode', cell: ({ mode }) => mode ?? '—' },
              { header: 'Key or client', cell: ({ keyId }) => keyId ?? '—' },
              { header: 'From', cell: ({ address, userAgent }) => <From address={address} userAgent={userAgent} /> },
              { header: 'Request id', cell: ({ requestId }) => <Code>{requestId}</Code> },
            ]}
          />
        )}
      </Loaded>
    </Panel>
  );
}

function Asked({ row: { method, path, query } }: { row: RequestRow }) {
  return (
    <Text size="sm" miw={220} style={{ overflowWrap: 'anywhere' }}>
      <strong>{method}</strong> {path ?? 'a path that there is not'}
      {query !== '' && `?${query}`}
    </Text>
  );
}

function Outcome({ status, errorCode }: { status: number; errorCode: string | null }) {
  return (
    <>
      <Badge color={status < 400 ? 'teal' : status < 500 ? 'yellow' : 'red'}>{status}</Badge>
      {errorCode !== null && (
        <Text size="xs" c="dimmed">
          {errorCode}
        </Text>
      )}
    </>
  );
}

function From({ address, userAgent }: { address: string; userAgent: string | null }) {
  return (
    <>
      <Text size="sm">{address}</Text>
      <Text size="xs" c="dimmed">
        {userAgent}
      </Text>
    </>
  );
}
