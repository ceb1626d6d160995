// Sends a workload to a server and measures what came back: with wrk where it is installed, with autocannon otherwise.
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import autocannon from 'autocannon';
import { PINNED_LOAD } from './measured-process.ts';

export type LoadRequest = { method: 'GET' | 'POST'; path: string; headers: Readonly<Record<string, string>>; body?: string };

export type LoadResult = {
  requests: number;
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** Answers that were not 2xx or 304, and connections that broke. A run with any is not a measurement. */
  failures: number;
};

export type Load = {
  url: string;
  requests: readonly LoadRequest[];
  connections: number;
  seconds: number;
  /** Sends this many a second, however fast they are answered; each connection as soon as it has its answer otherwise. */
  perSecond?: number | undefined;
};

const run = promisify(execFile);

export const loadGenerator: 'wrk' | 'autocannon' = spawnSync('wrk', ['-v']).error === undefined ? 'wrk' : 'autocannon';

export function generateLoad(load: Load): Promise<LoadResult> {
  return loadGenerator === 'wrk' ? withWrk(load) : withAutocannon(load);
}

async function withWrk({ url, requests, connections, seconds, perSecond }: Load): Promise<LoadResult> {
  const folder = await mkdtemp(join(tmpdir(), 'portico-load-'));
  try {
    const script = join(folder, 'requests.lua');
    await writeFile(script, wrkScript(requests) + (perSecond === undefined ? '' : wrkPace(perSecond)));
    const [program = 'wrk', ...args] = [
      ...PINNED_LOAD,
      'wrk',
      '-t',
      '1',
      '-c',
      String(connections),
      '-d',
      `${seconds}s`,
      '--timeout',
      '10s',
      '-s',
      script,
      url,
    ];
    const { stdout, stderr } = await run(program, args);
    const line = stdout.split('\n').find((candidate) => candidate.startsWith('RESULT '));
    if (line === undefined) throw new Error(`wrk gave no result:\n${stdout}${stderr}`);
    const [, count = 0, durationUs = 1, p50 = 0, p99 = 0, failures = 0] = line.split(' ').map(Number);
    return { requests: count, requestsPerSecond: count / (durationUs / 1e6), p50Ms: p50 / 1_000, p99Ms: p99 / 1_000, failures };
  } finally {
    await rm(folder, { recursive: true });
  }
}

// Every request is formatted once, before the clock starts; sending one is then a table look-up.
function wrkScript(requests: readonly LoadRequest[]): string {
  const quoted = (text: string): string => `[==[${text}]==]`;
  const entries = requests.map(({ method, path, headers, body }) => {
    const fields = Object.entries(headers).map(([name, value]) => `[ ${quoted(name)} ] = ${quoted(value)}`);
    return `  { ${quoted(method)}, ${quoted(path)}, { ${fields.join(', ')} }, ${body === undefined ? 'nil' : quoted(body)} },`;
  });
  return `local entries = {
${entries.join('\n')}
}
local formatted, next = {}, 0
init = function()
  for i, e in ipairs(entries) do formatted[i] = wrk.format(e[1], e[2], e[3], e[4]) end
end
request = function()
  next = next % #formatted + 1
  return formatted[next]
end
done = function(summary, latency)
  local e = summary.errors
  print(string.format("RESULT %d %d %d %d %d", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), e.connect + e.read + e.write + e.status + e.timeout))
end
`;
}

// When a request is due is reckoned from the one before, so that the rounding to milliseconds, in which wrk waits, evens out.
function wrkPace(perSecond: number): string {
  return `local ffi = require('ffi')
ffi.cdef[[ typedef struct { long seconds; long nanoseconds; } moment; int clock_gettime(int clock, moment *at); ]]
local moment, due = ffi.new('moment'), nil
function delay()
  ffi.C.clock_gettime(1, moment)
  local now = tonumber(moment.seconds) * 1e3 + tonumber(moment.nanoseconds) / 1e6
  due = (due or now) + ${1_000 / perSecond}
  return math.max(0, math.floor(due - now + 0.5))
end
`;
}

async function withAutocannon({ url, requests, connections, seconds, perSecond }: Load): Promise<LoadResult> {
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    requests: requests.map((request) => ({ ...request })),
    ...(perSecond === undefined ? {} : { overallRate: perSecond }),
  });
  return {
    requests: result.requests.total,
    requestsPerSecond: result.requests.average,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    failures: result.non2xx + result.errors + result.timeouts,
  };
}
