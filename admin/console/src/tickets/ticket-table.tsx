import { usePages } from '@portico/ui/data/use-pages';
import { DataTable } from '@portico/ui/show/data-table';
import { Loaded } from '@portico/ui/show/loaded';
import { PageLink } from '@portico/ui/show/page-link';
import { StatusBadge } from '@portico/ui/show/status-badge';
import { Time } from '@portico/ui/show/time';
import type { TicketRow } from '../answers.ts';
import { useApiClient } from '../api.tsx';
import { PAGE_SIZE, pageByLast } from '../page-by-last.ts';
import type { TicketStatus } from './ticket-choices.ts';

/** Tickets of one account or of all. Those that wait for us stand in the order in which they wait. */
export function TicketTable({ accountId, status, empty }: { accountId?: string; status: TicketStatus | undefined; empty: string }) {
  const api = useApiClient();
  const order = status === 'open' ? 'oldest' : 'newest';
  const pages = usePages({
    queryKey: ['tickets', accountId, status],
    ask: async (after: TicketRow | undefined) =>
      pageByLast(await api.tickets.list.query({ accountId, status, order, after, limit: PAGE_SIZE })),
  });
  return (
    <Loaded query={pages}>
      {(tickets) => (
        <DataTable
          label="Tickets"
          rows={tickets}
          keyOf={({ id }) => id}
          more={pages.more}
          empty={empty}
          columns={[
            { header: 'Subject', cell: ({ id, subject }) => <PageLink to={`/tickets/${id}`}>{subject}</PageLink> },
            { header: 'Status', cell: (ticket) => <StatusBadge status={ticket.status} /> },
            ...(accountId === undefined
              ? [
                  {
                    header: 'Account',
                    cell: (ticket: TicketRow) => <PageLink to={`/accounts/${ticket.accountId}`}>{ticket.accountSlug}</PageLink>,
                  },
                ]
              : []),
            { header: 'Last word', cell: ({ updatedAt }) => <Time at={updatedAt} /> },
            { header: 'Opened', cell: ({ createdAt }) => <Time at={createdAt} precision="day" /> },
          ]}
        />
      )}
    </Loaded>
  );
}
