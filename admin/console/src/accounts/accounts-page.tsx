import { Button, Code, Paper, Stack } from '@mantine/core';
import { usePages } from '@portico/ui/data/use-pages';
import { Page } from '@portico/ui/layout/page';
import { DataTable } from '@portico/ui/show/data-table';
import { Loaded } from '@portico/ui/show/loaded';
import { PageLink } from '@portico/ui/show/page-link';
import { Time } from '@portico/ui/show/time';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useApiClient } from '../api.tsx';
import { TextFilter } from '../fields.tsx';
import { useMay } from '../me.tsx';
import { PAGE_SIZE, pageByLast } from '../page-by-last.ts';
import { CreateAccount } from './create-account.tsx';

const route = getRouteApi('/signed-in/accounts');

export function AccountsPage() {
  const { q } = route.useSearch();
  const navigate = route.useNavigate();
  const client = useApiClient();
  const [isCreating, setCreating] = useState(false);
  const mayChange = useMay('change accounts');
  const pages = usePages({
    queryKey: ['accounts', q],
    ask: async (last: { slug: string } | undefined) =>
      pageByLast(await client.accounts.list.query({ q, after: last?.slug, limit: PAGE_SIZE })),
  });
  return (
    <Page
      title="Accounts"
      about="Who owns keys, endpoints and everything else. By slug."
      actions={mayChange && <Button onClick={() => setCreating(true)}>New account</Button>}
    >
      <Paper>
        <Stack>
          <TextFilter
            label="Search"
            placeholder="Part of the slug or the name"
            value={q}
            onChange={(text) => void navigate({ search: { q: text }, replace: true })}
          />
          <Loaded query={pages}>
            {(accounts) => (
              <DataTable
                label="Accounts"
                rows={accounts}
                keyOf={({ id }) => id}
                more={pages.more}
                empty={q === undefined ? 'There is no account yet.' : `No account has “${q}” in its slug or name.`}
                columns={[
                  { header: 'Slug', cell: ({ id, slug }) => <PageLink to={`/accounts/${id}`}>{slug}</PageLink> },
                  { header: 'Name', cell: ({ name }) => name },
                  { header: 'Id', cell: ({ id }) => <Code>{id}</Code> },
                  { header: 'Created', cell: ({ createdAt }) => <Time at={createdAt} precision="day" /> },
                ]}
              />
            )}
          </Loaded>
        </Stack>
      </Paper>
      {isCreating && <CreateAccount close={() => setCreating(false)} />}
    </Page>
  );
}
