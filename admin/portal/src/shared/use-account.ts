import { MODES, type Mode } from '@portico/contracts/modes';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import { useApi } from '../api.tsx';

export { MODES, type Mode };

/** The account that the address names and the mode that is looked at, and what the person may do there. */
export function useAccount() {
  const api = useApi();
  const { accountId } = useParams({ from: '/signed-in/accounts/$accountId' });
  const { mode } = useSearch({ from: '/signed-in/accounts/$accountId' });
  const { data: me } = useSuspenseQuery(api.me.get.queryOptions());
  const account = me.accounts.find(({ id }) => id === accountId);
  if (account === undefined) throw new Error('The frame of the account shows its pages to its members alone.');
  return { accountId, account, mode, tenant: { accountId, mode }, mayAct: account.role !== 'viewer', isOwner: account.role === 'owner' };
}
