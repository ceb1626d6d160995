import { RequestsChart } from '@portico/ui/charts/requests-chart';
import { utcDay } from '@portico/ui/data/format';
import { Loaded } from '@portico/ui/show/loaded';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../api.tsx';
import { useAccount } from '../shared/use-account.ts';

const DAYS = 30;

export function KeyUsage({ keyId }: { keyId: string }) {
  const api = useApi();
  const { accountId } = useAccount();
  const range = { from: utcDay(DAYS - 1), to: utcDay(0) };
  const usage = useQuery(api.apiKeys.usage.queryOptions({ accountId, id: keyId, ...range }));
  return <Loaded query={usage}>{(days) => <RequestsChart days={days} {...range} />}</Loaded>;
}
