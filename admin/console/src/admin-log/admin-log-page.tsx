import { Paper, SimpleGrid, Stack } from '@mantine/core';
import { Page } from '@portico/ui/layout/page';
import { getRouteApi } from '@tanstack/react-router';
import { DayFilter, TextFilter } from '../fields.tsx';
import { LogEntries } from './log-entries.tsx';

const route = getRouteApi('/signed-in/admin-log');

export function AdminLogPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const narrow = (more: Partial<typeof search>): void => void navigate({ search: (all) => ({ ...all, ...more }), replace: true });
  return (
    <Page title="Admin log" about="Every change that somebody made, and who came in. Nothing in it is ever changed or deleted.">
      <Paper>
        <Stack>
          <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }}>
            <TextFilter
              label="Action"
              placeholder="As api_key. or tier.updated"
              value={search.action}
              onChange={(action) => narrow({ action })}
            />
            <TextFilter label="Who" placeholder="Id of a person" value={search.actor} onChange={(actor) => narrow({ actor })} />
            <TextFilter label="What" placeholder="Id of what was changed" value={search.target} onChange={(target) => narrow({ target })} />
            <TextFilter
              label="Account"
              placeholder="Id of an account"
              value={search.accountId}
              onChange={(accountId) => narrow({ accountId })}
            />
            <DayFilter label="From" value={search.from} onChange={(from) => narrow({ from })} />
            <DayFilter label="To" value={search.until} onChange={(until) => narrow({ until })} />
          </SimpleGrid>
          <LogEntries filter={search} headingOrder={2} />
        </Stack>
      </Paper>
    </Page>
  );
}
