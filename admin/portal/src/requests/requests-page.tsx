import { Badge, Code, Paper, Text } from '@mantine/core';
import { formatDuration } from '@portico/ui/data/format';
import { usePages } from '@portico/ui/data/use-pages';
import { Page } from '@portico/ui/layout/page';
import { DataTable } from '@portico/ui/show/data-table';
import { Loaded } from '@portico/ui/show/loaded';
import { StatusBadge } from '@portico/ui/show/status-badge';
import { Time } from '@portico/ui/show/time';
import { useQuery } from '@tanstack/react-query';
import { useApi, useApiClient } from '../api.tsx';
import { useAccount } from '../shared/use-account.ts';

const PAGE = 50;
const REFRESH_MS = 3_000;

export function RequestsPage() {
  const [api, client] = [useApi(), useApiClient()];
  const { accountId } = useAccount();
  const keys = useQuery(api.apiKeys.list.queryOptions({ accountId }));
  const requests = usePages({
    queryKey: api.requestLog.list.queryKey({ accountId }),
    refreshMs: REFRESH_MS,
    async ask(after: { at: string; requestId: string } | undefined, signal) {
      const rows = await client.requestLog.list.query({ accountId, limit: PAGE, ...(after === undefined ? {} : { after }) }, { signal });
      const last = rows.at(-1);
      return { rows, after: rows.length === PAGE && last !== undefined ? { at: last.at, requestId: last.requestId } : undefined };
    },
  });
  return (
    <Page
      title="Request log"
      about="Every request to the API, of both modes, newest first. No body and no header is kept, and values of a query only where they can name nobody."
    >
      <Paper>
        <Loaded query={requests} lines={10}>
          {(rows) => (
            <DataTable
              label="Requests"
              rows={rows}
              keyOf={({ at, requestId }) => `${at} ${requestId}`}
              empty="There were no requests yet. The first one shows up here a second after it was answered."
              more={requests.more}
              columns={[
                { header: 'Time', cell: ({ at }) => <Time at={at} precision="second" /> },
                { header: 'Request', cell: ({ method, path, query }) => <Target method={method} path={path} query={query} /> },
                { header: 'Status', cell: ({ status }) => <Status status={status} /> },
                { header: 'Error', cell: ({ errorCode }) => errorCode ?? '' },
                { header: 'Mode', cell: ({ mode }) => mode !== null && <StatusBadge status={mode} /> },
                { header: 'Key', cell: ({ keyId }) => keys.data?.find(({ id }) => id === keyId)?.name ?? keyId ?? '—' },
                { header: 'Took', align: 'right', cell: ({ durationMs }) => formatDuration(durationMs) },
                { header: 'Address', cell: ({ address }) => address },
                { header: 'Request id', cell: ({ requestId }) => <Code>{requestId}</Code> },
              ]}
            />
          )}
        </Loaded>
      </Paper>
    </Page>
  );
}

function Target({ method, path, query }: { method: string; path: string | null; query: string }) {
  return (
    <Text size="sm" className="mono">
      {method} {path ?? '—'}
      {query !== '' && (
        <Text span size="xs" c="dimmed">
          ?{query.replace(/^\?/, '')}
        </Text>
      )}
    </Text>
  );
}

const FIRST_REFUSAL = 400;
const FIRST_FAILURE = 500;

function Status({ status }: { status: number }) {
  const color = status >= FIRST_FAILURE ? 'red' : status >= FIRST_REFUSAL ? 'orange' : 'green';
  return <Badge color={color}>{status}</Badge>;
}
