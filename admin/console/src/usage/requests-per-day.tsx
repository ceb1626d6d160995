import { RequestsChart } from '@portico/ui/charts/requests-chart';
import { Panel } from '@portico/ui/layout/panel';
import { Loaded } from '@portico/ui/show/loaded';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../api.tsx';
import type { UsageRange } from './usage-range.ts';

export function RequestsPerDay({ range }: { range: UsageRange }) {
  const usage = useQuery(useApi().usage.requestsPerDay.queryOptions(range));
  return (
    <Panel title="Requests per day" about="In UTC; about a minute behind.">
      <Loaded query={usage}>{(days) => <RequestsChart days={days} from={range.from} to={range.to} />}</Loaded>
    </Panel>
  );
}
