import { TEST_MODE_FACTOR } from '@portico/contracts/tiers';
import { formatNumber } from '@portico/ui/data/format';
import { Panel } from '@portico/ui/layout/panel';
import { DataTable } from '@portico/ui/show/data-table';
import { Loaded } from '@portico/ui/show/loaded';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../api.tsx';

type Limit = { limit: number; windowSeconds: number };
const WINDOWS: Readonly<Record<number, string>> = { 1: 'second', 60: 'minute', 3600: 'hour', 86400: 'day' };

const said = ({ limit, windowSeconds }: Limit): string =>
  `${formatNumber(limit)} per ${WINDOWS[windowSeconds] ?? `${windowSeconds} seconds`}`;

export function LimitsPanel() {
  const api = useApi();
  const tiers = useQuery(api.tiers.list.queryOptions());
  return (
    <Panel
      title="Limits"
      about={`Of each key, by its tier. In test mode ${TEST_MODE_FACTOR} times as many. Ask our support for another tier.`}
    >
      <Loaded query={tiers}>
        {(rows) => (
          <DataTable
            label="Limits by tier"
            rows={[...rows].sort((a, b) => a.quota.limit / a.quota.windowSeconds - b.quota.limit / b.quota.windowSeconds)}
            keyOf={({ name }) => name}
            empty="There are no tiers."
            columns={[
              { header: 'Tier', cell: ({ name }) => name },
              { header: 'Requests', cell: ({ quota }) => said(quota) },
              { header: 'At once', cell: ({ burst }) => said(burst) },
            ]}
          />
        )}
      </Loaded>
    </Panel>
  );
}
