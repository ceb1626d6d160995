import { useSuspenseQuery } from '@tanstack/react-query';
import { Navigate } from '@tanstack/react-router';
import { useApi } from '../api.tsx';

/** Leads on: to an account of the person, or to where one is created. */
export function HomePage() {
  const api = useApi();
  const { data: me } = useSuspenseQuery(api.me.get.queryOptions());
  const [first] = me.accounts;
  if (first === undefined) return <Navigate to="/new-account" replace />;
  return <Navigate to="/accounts/$accountId" params={{ accountId: first.id }} search={{ mode: 'live' }} replace />;
}
