import { Group, Paper, Stack } from '@mantine/core';
import { MODES } from '@portico/contracts/modes';
import { formatNumber } from '@portico/ui/data/format';
import { Page } from '@portico/ui/layout/page';
import { DataTable } from '@portico/ui/show/data-table';
import { Loaded } from '@portico/ui/show/loaded';
import { PageLink } from '@portico/ui/show/page-link';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useApi } from '../api.tsx';
import { ChoiceFilter, DayFilter } from '../fields.tsx';
import { rangeOf } from '../search.ts';

const route = getRouteApi('/signed-in/violations');

const DAYS = 7;

/** Whose requests were refused for their rate, over all accounts. */
export function ViolationsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const narrow = (more: Partial<typeof search>): void => void navigate({ search: { ...search, ...more }, replace: true });
  const range = rangeOf(search, DAYS);
  const violations = useQuery(useApi().usage.violationsByKey.queryOptions(range));
  return (
    <Page
      title="Rate limit violations"
      about="Requests that were refused for their rate, by key, the most often refused first. Days are UTC; about a minute behind."
    >
      <Paper>
        <Stack>
          <Group align="flex-end">
            <DayFilter label="From" value={range.from} onChange={(from) => narrow({ from })} />
            <DayFilter label="To" value={range.to} onChange={(to) => narrow({ to })} />
            <ChoiceFilter
              label="Mode"
              value={search.mode}
              choices={MODES}
              all="both modes"
              onChange={(chosen) => narrow({ mode: MODES.find((mode) => mode === chosen) })}
            />
          </Group>
          <Loaded query={violations}>
            {(rows) => (
              <DataTable
                label="Violations by key"
                rows={rows}
                keyOf={({ accountId, keyId }) => `${accountId} ${keyId}`}
                empty="No request was refused for its rate on these days."
                columns={[
                  { header: 'Key or client', cell: ({ accountId, keyId }) => <PageLink to={pathOf(accountId, keyId)}>{keyId}</PageLink> },
                  {
                    header: 'Account',
                    cell: ({ accountId, accountSlug }) => <PageLink to={`/accounts/${accountId}/usage`}>{accountSlug}</PageLink>,
                  },
                  { header: 'Refused', align: 'right', cell: ({ requests }) => formatNumber(requests) },
                ]}
              />
            )}
          </Loaded>
        </Stack>
      </Paper>
    </Page>
  );
}

function pathOf(accountId: string, keyId: string): string {
  return `/accounts/${accountId}/${keyId.startsWith('key_') ? 'keys' : 'clients'}/${keyId}`;
}
