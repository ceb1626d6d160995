import { Accordion, Button, Center, Code, Group, Table, Text } from '@mantine/core';
import { usePages } from '@portico/ui/data/use-pages';
import { Empty } from '@portico/ui/show/data-table';
import { Loaded } from '@portico/ui/show/loaded';
import { Time } from '@portico/ui/show/time';
import { useQuery } from '@tanstack/react-query';
import type { AdminLogEntry } from '../answers.ts';
import { useApi, useApiClient } from '../api.tsx';
import { useMay } from '../me.tsx';
import { PAGE_SIZE, pageByLast } from '../page-by-last.ts';
import { stateDifference } from './state-difference.ts';

/** What the log is narrowed to. Days are UTC, the last one included. */
export type LogFilter = { accountId?: string; actor?: string; action?: string; target?: string; from?: string; until?: string };

const DAY_MS = 86_400_000;

/** Changes that somebody made, the latest first; each opens to what it made of its target. */
export function LogEntries({ filter, headingOrder }: { filter: LogFilter; headingOrder: 2 | 3 }) {
  const api = useApiClient();
  const { from, until, ...rest } = filter;
  const days = { from: from && `${from}T00:00:00Z`, until: until && new Date(Date.parse(`${until}T00:00:00Z`) + DAY_MS).toISOString() };
  const pages = usePages({
    queryKey: ['admin log', filter],
    ask: async (last: AdminLogEntry | undefined) =>
      pageByLast(await api.adminLog.list.query({ ...rest, ...days, after: last?.id, limit: PAGE_SIZE })),
  });
  const nameOf = useNames();
  return (
    <Loaded query={pages}>
      {(entries) =>
        entries.length === 0 ? (
          <Empty>Nothing was changed.</Empty>
        ) : (
          <>
            <Accordion multiple variant="separated" order={headingOrder}>
              {entries.map((entry) => (
                <Accordion.Item key={entry.id} value={entry.id}>
                  <Accordion.Control>
                    <Group gap="xs">
                      <Text size="sm" fw={600}>
                        {entry.action}
                      </Text>
                      <Code>{entry.target}</Code>
                      <Text size="sm" c="dimmed">
                        <Time at={entry.at} precision="second" /> · {nameOf(entry.actor)}
                      </Text>
                    </Group>
                  </Accordion.Control>
                  <Accordion.Panel>
                    <Difference entry={entry} />
                  </Accordion.Panel>
                </Accordion.Item>
              ))}
            </Accordion>
            {pages.more !== undefined && (
              <Center mt="md">
                <Button variant="default" loading={pages.more.isAsking} onClick={() => void pages.more?.ask()}>
                  Show more
                </Button>
              </Center>
            )}
          </>
        )
      }
    </Loaded>
  );
}

/** Operators by their address, for whom may see them; others by their id. */
function useNames(): (actor: string) => string {
  const { data } = useQuery({ ...useApi().operators.list.queryOptions(), enabled: useMay('see operators') });
  return (actor) => data?.find(({ id }) => id === actor)?.email ?? actor;
}

function Difference({ entry: { before, after } }: { entry: AdminLogEntry }) {
  const fields = stateDifference(before, after);
  if (fields.length === 0) return <Text size="sm">No state was kept of it.</Text>;
  return (
    <Table.ScrollContainer minWidth={480}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Field</Table.Th>
            <Table.Th scope="col">Before</Table.Th>
            <Table.Th scope="col">After</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {fields.map(({ field, before: was, after: is, isChanged }) => (
            <Table.Tr key={field}>
              <Table.Th scope="row" fw={isChanged ? 700 : 400}>
                {field}
              </Table.Th>
              <Table.Td className="breaking">{isChanged && was !== undefined ? <del className="was">{was}</del> : (was ?? '—')}</Table.Td>
              <Table.Td className="breaking">{isChanged && is !== undefined ? <ins className="is">{is}</ins> : (is ?? '—')}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
