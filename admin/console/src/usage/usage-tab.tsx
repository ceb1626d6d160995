import { Group, Paper, Stack } from '@mantine/core';
import { MODES } from '@portico/contracts/modes';
import { getRouteApi } from '@tanstack/react-router';
import { ChoiceFilter, DayFilter } from '../fields.tsx';
import { rangeOf } from '../search.ts';
import { ErrorsByCode } from './errors-by-code.tsx';
import { Latency } from './latency.tsx';
import { RequestsPerDay } from './requests-per-day.tsx';
import type { UsageRange } from './usage-range.ts';
import { Violations } from './violations.tsx';

const route = getRouteApi('/signed-in/accounts/$accountId/usage');
const DAYS = 30;

export function UsageTab() {
  const { accountId } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const narrow = (more: Partial<typeof search>): void => void navigate({ search: { ...search, ...more }, replace: true });
  const range: UsageRange = { accountId, ...rangeOf(search, DAYS) };
  return (
    <Stack gap="lg">
      <Paper>
        <Group align="flex-end">
          <DayFilter label="From" value={range.from} onChange={(from) => narrow({ from })} />
          <DayFilter label="To" value={range.to} onChange={(to) => narrow({ to })} />
          <ChoiceFilter
            label="Mode"
            value={search.mode}
            choices={MODES}
            all="both modes"
            onChange={(chosen) => narrow({ mode: MODES.find((mode) => mode === chosen) })}
          />
        </Group>
      </Paper>
      <RequestsPerDay range={range} />
      <ErrorsByCode range={range} />
      <Latency range={range} by={search.by ?? 'route'} change={(by) => narrow({ by })} />
      <Violations range={range} />
    </Stack>
  );
}
