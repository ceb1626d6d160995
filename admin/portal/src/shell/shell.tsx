import { useSession } from '@portico/ui/data/use-session';
import { AppLayout } from '@portico/ui/layout/app-layout';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Outlet, useParams } from '@tanstack/react-router';
import { useApi } from '../api.tsx';
import { AccountSwitcher } from './account-switcher.tsx';
import { ModeSwitch } from './mode-switch.tsx';
import { Navigation } from './navigation.tsx';

export function Shell() {
  const api = useApi();
  const { user } = useSession();
  const { accountId } = useParams({ strict: false });
  const { data: me } = useSuspenseQuery(api.me.get.queryOptions());
  const account = me.accounts.find(({ id }) => id === accountId) ?? me.accounts[0];
  return (
    <AppLayout
      person={user}
      header={
        <>
          {account !== undefined && accountId === account.id && <ModeSwitch />}
          <AccountSwitcher accounts={me.accounts} current={accountId === undefined ? undefined : account} />
        </>
      }
      navigation={account === undefined ? null : <Navigation accountId={account.id} />}
    >
      <Outlet />
    </AppLayout>
  );
}
