import type { LoadResult } from './generate-load.ts';

/** Per request; `postgresMicros` is PostgreSQL's CPU time. */
export type Measurement = LoadResult & { cpuMicros: number | undefined; postgresMicros: number | undefined; statements: number };

/** The middle of several rounds, figure by figure. */
export function median(rounds: readonly Measurement[]): Measurement {
  const middle = (read: (round: Measurement) => number | undefined): number | undefined => {
    const values = rounds.flatMap((round) => read(round) ?? []).sort((a, b) => a - b);
    return values[Math.floor(values.length / 2)];
  };
  return {
    requests: middle(({ requests }) => requests) ?? 0,
    requestsPerSecond: middle(({ requestsPerSecond }) => requestsPerSecond) ?? 0,
    p50Ms: middle(({ p50Ms }) => p50Ms) ?? 0,
    p99Ms: middle(({ p99Ms }) => p99Ms) ?? 0,
    failures: 0,
    cpuMicros: middle(({ cpuMicros }) => cpuMicros),
    postgresMicros: middle(({ postgresMicros }) => postgresMicros),
    statements: middle(({ statements }) => statements) ?? 0,
  };
}

const COLUMNS = [
  'server',
  'req/s',
  'p50 ms',
  'p99 ms',
  'CPU µs/req',
  'PostgreSQL µs/req',
  'SQL/req',
  'of bare',
  'of hand-written',
  'of stock Mesh',
];

export function printTable(title: string, rows: ReadonlyMap<string, Measurement>): void {
  const rate = (name: string): number | undefined => rows.get(name)?.requestsPerSecond;
  const ratio = (own: number, other: number | undefined): string => (other === undefined ? '' : (own / other).toFixed(2));
  const lines = [...rows].map(([name, { requestsPerSecond, p50Ms, p99Ms, cpuMicros, postgresMicros, statements }]) => [
    name,
    Math.round(requestsPerSecond).toLocaleString('en'),
    p50Ms.toFixed(1),
    p99Ms.toFixed(1),
    rounded(cpuMicros),
    rounded(postgresMicros),
    statements.toFixed(2),
    ratio(requestsPerSecond, (name.endsWith('2 processes') ? rate('bare node:http, 2 processes') : undefined) ?? rate('bare node:http')),
    ratio(requestsPerSecond, rate('hand-written')),
    ratio(requestsPerSecond, rate('stock Mesh over HTTP')),
  ]);
  console.log(`### ${title}\n`);
  print(COLUMNS, lines);
}

function rounded(micros: number | undefined): string {
  return micros === undefined ? '' : Math.round(micros).toString();
}

/** Shares of a whole, each a number from 0 to 1. */
export function printParts(parts: readonly (readonly [part: string, share: number])[]): void {
  print(
    ['part', 'share'],
    parts.map(([part, share]) => [part, `${(share * 100).toFixed(1)} %`]),
  );
}

export function print(columns: readonly string[], lines: readonly (readonly string[])[]): void {
  for (const cells of [columns, columns.map(() => '---'), ...lines]) console.log(`| ${cells.join(' | ')} |`);
  console.log();
}
