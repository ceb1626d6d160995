import { NotFoundPage } from '@portico/ui/layout/problem-page';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Outlet, useParams } from '@tanstack/react-router';
import { useApi } from '../api.tsx';

/** Around the pages of one account. To whoever does not work on it there are none. */
export function AccountFrame() {
  const api = useApi();
  const { accountId } = useParams({ from: '/signed-in/accounts/$accountId' });
  const { data: me } = useSuspenseQuery(api.me.get.queryOptions());
  return me.accounts.some(({ id }) => id === accountId) ? <Outlet /> : <NotFoundPage />;
}
