import '@mantine/charts/styles.css';
import { BarChart } from '@mantine/charts';
import { formatNumber } from '../data/format.ts';

type Series = { name: string; color: string };

/** A file of its own, because its library is half as large as everything else: it is loaded where there is a chart. */
export default function Bars({ height, rows, series }: { height: number; rows: Record<string, unknown>[]; series: Series[] }) {
  return (
    <BarChart
      h={height}
      data={rows}
      dataKey="day"
      type="stacked"
      series={series}
      withLegend
      tickLine="none"
      valueFormatter={formatNumber}
      barProps={{ isAnimationActive: false }}
      barChartProps={{ accessibilityLayer: false }}
    />
  );
}
