import { Paper, Stack } from '@mantine/core';
import { Page } from '@portico/ui/layout/page';
import { getRouteApi } from '@tanstack/react-router';
import { ChoiceFilter } from '../fields.tsx';
import { searchWord } from '../search.ts';
import { TICKET_CHOICES } from './ticket-choices.ts';
import { TicketTable } from './ticket-table.tsx';

const route = getRouteApi('/signed-in/tickets');

/** Begins with those that wait for us, the longest first. */
export function TicketsPage() {
  const { status = 'open' } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Page title="Tickets" about="Open ones wait for an answer of ours, the one that waits longest first; all others by their last word.">
      <Paper>
        <Stack>
          <ChoiceFilter
            label="Status"
            value={status}
            choices={TICKET_CHOICES}
            onChange={(chosen) => void navigate({ search: { status: searchWord(TICKET_CHOICES, chosen) }, replace: true })}
          />
          <TicketTable
            key={status}
            status={status === 'all' ? undefined : status}
            empty={status === 'open' ? 'Nobody waits for an answer.' : 'There is no such ticket.'}
          />
        </Stack>
      </Paper>
    </Page>
  );
}
