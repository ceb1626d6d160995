import { Accordion, Code, Paper, Text } from '@mantine/core';
import { usePages } from '@portico/ui/data/use-pages';
import { useSession } from '@portico/ui/data/use-session';
import { Page } from '@portico/ui/layout/page';
import { DataTable } from '@portico/ui/show/data-table';
import { Loaded } from '@portico/ui/show/loaded';
import { Time } from '@portico/ui/show/time';
import { useApi, useApiClient } from '../api.tsx';
import { useAccount } from '../shared/use-account.ts';

const PAGE = 50;
type State = Readonly<Record<string, unknown>> | null;

export function ChangesPage() {
  const [api, client] = [useApi(), useApiClient()];
  const { accountId } = useAccount();
  const { user } = useSession();
  const changes = usePages({
    queryKey: api.adminLog.list.queryKey({ accountId }),
    async ask(after: string | undefined, signal) {
      const rows = await client.adminLog.list.query({ accountId, limit: PAGE, ...(after === undefined ? {} : { after }) }, { signal });
      return { rows, after: rows.length === PAGE ? rows.at(-1)?.id : undefined };
    },
  });
  return (
    <Page title="Changes" about="Who changed what of this account, newest first. It is kept for good.">
      <Paper>
        <Loaded query={changes}>
          {(rows) => (
            <DataTable
              label="Changes"
              rows={rows}
              keyOf={({ id }) => id}
              empty="Nothing was changed yet."
              more={changes.more}
              columns={[
                { header: 'Time', cell: ({ at }) => <Time at={at} precision="second" /> },
                { header: 'Action', cell: ({ action }) => action.replace('.', ': ').replaceAll('_', ' ') },
                { header: 'Of', cell: ({ target }) => <Code>{target}</Code> },
                { header: 'By', cell: ({ actor }) => (actor === user.id ? 'you' : <Code>{actor}</Code>) },
                { header: 'What changed', cell: ({ before, after }) => <Difference before={before} after={after} /> },
              ]}
            />
          )}
        </Loaded>
      </Paper>
    </Page>
  );
}

/** Only what differs. */
function Difference({ before, after }: { before: State; after: State }) {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].filter(
    (name) => name !== 'accountId' && JSON.stringify(before?.[name] ?? null) !== JSON.stringify(after?.[name] ?? null),
  );
  if (names.length === 0) return <Text size="sm">—</Text>;
  return (
    <Accordion variant="default" chevronPosition="left" miw={220}>
      <Accordion.Item value="difference" bd={0}>
        <Accordion.Control p={0}>
          <Text size="sm">{names.join(', ')}</Text>
        </Accordion.Control>
        <Accordion.Panel>
          {names.map((name) => (
            <Text key={name} size="xs" className="mono">
              {name}: {shown(before?.[name])} → {shown(after?.[name])}
            </Text>
          ))}
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  );
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
