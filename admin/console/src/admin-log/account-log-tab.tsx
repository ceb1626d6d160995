import { Panel } from '@portico/ui/layout/panel';
import { getRouteApi } from '@tanstack/react-router';
import { LogEntries } from './log-entries.tsx';

const route = getRouteApi('/signed-in/accounts/$accountId/log');

export function AccountLogTab() {
  const { accountId } = route.useParams();
  return (
    <Panel title="Admin log" about="Changes of the account and of what belongs to it.">
      <LogEntries filter={{ accountId }} headingOrder={3} />
    </Panel>
  );
}
