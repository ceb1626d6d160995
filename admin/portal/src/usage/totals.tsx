import { Paper, SimpleGrid, Text } from '@mantine/core';
import { formatNumber } from '@portico/ui/data/format';
import { shareOf } from './range.ts';

export function Totals({ rows }: { rows: readonly { day: string; requests: number; errors: number }[] }) {
  const requests = rows.reduce((sum, row) => sum + row.requests, 0);
  const errors = rows.reduce((sum, row) => sum + row.errors, 0);
  const busiest = rows.reduce((most, row) => Math.max(most, row.requests), 0);
  const totals = [
    ['Requests', formatNumber(requests)],
    ['Refused or failed', formatNumber(errors)],
    ['Share of those', shareOf(errors, requests)],
    ['On the busiest day', formatNumber(busiest)],
  ] as const;
  return (
    <SimpleGrid component="dl" cols={{ base: 2, md: 4 }} m={0}>
      {totals.map(([name, value]) => (
        <Paper key={name}>
          <Text component="dt" size="sm" c="dimmed">
            {name}
          </Text>
          <Text component="dd" m={0} fz={28} fw={650} lh={1.3}>
            {value}
          </Text>
        </Paper>
      ))}
    </SimpleGrid>
  );
}
