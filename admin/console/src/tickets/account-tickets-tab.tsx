import { Panel } from '@portico/ui/layout/panel';
import { getRouteApi } from '@tanstack/react-router';
import { TicketTable } from './ticket-table.tsx';

const route = getRouteApi('/signed-in/accounts/$accountId/tickets');

export function AccountTicketsTab() {
  const { accountId } = route.useParams();
  return (
    <Panel title="Tickets" about="By their last word.">
      <TicketTable accountId={accountId} status={undefined} empty="The account has no tickets." />
    </Panel>
  );
}
