import { Grid, Select } from '@mantine/core';
import { RequestsChart } from '@portico/ui/charts/requests-chart';
import { utcDay } from '@portico/ui/data/format';
import { Page } from '@portico/ui/layout/page';
import { Panel } from '@portico/ui/layout/panel';
import { Loaded } from '@portico/ui/show/loaded';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../api.tsx';
import { useAccount } from '../shared/use-account.ts';
import { ErrorsPanel } from './errors-panel.tsx';
import { LatencyPanel } from './latency-panel.tsx';
import { LimitsPanel } from './limits-panel.tsx';
import { Totals } from './totals.tsx';
import { ViolationsPanel } from './violations-panel.tsx';

const SPANS = [
  { value: '7', label: 'Last 7 days' },
  { value: '30', label: 'Last 30 days' },
  { value: '90', label: 'Last 90 days' },
];
const MINUTE_MS = 60_000;

export function OverviewPage() {
  const api = useApi();
  const { accountId, account, mode } = useAccount();
  const [days, setDays] = useState('30');
  const range = { accountId, mode, from: utcDay(Number(days) - 1), to: utcDay(0) };
  const perDay = useQuery(api.usage.requestsPerDay.queryOptions(range, { refetchInterval: MINUTE_MS }));
  return (
    <Page
      title="Overview"
      about={`${account.name}, ${mode} mode. Days are those of UTC; the numbers are at most a minute old.`}
      actions={
        <Select aria-label="Time" w={160} data={SPANS} value={days} allowDeselect={false} onChange={(value) => setDays(value ?? days)} />
      }
    >
      <Loaded query={perDay} lines={2}>
        {(rows) => <Totals rows={rows} />}
      </Loaded>
      <Panel title="Requests per day">
        <Loaded query={perDay} lines={8}>
          {(rows) => <RequestsChart days={rows} from={range.from} to={range.to} />}
        </Loaded>
      </Panel>
      <Grid>
        <Grid.Col span={{ base: 12, lg: 6 }}>
          <ErrorsPanel range={range} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 6 }}>
          <LimitsPanel />
        </Grid.Col>
        <Grid.Col span={12}>
          <LatencyPanel range={range} />
        </Grid.Col>
        <Grid.Col span={12}>
          <ViolationsPanel range={range} />
        </Grid.Col>
      </Grid>
    </Page>
  );
}
