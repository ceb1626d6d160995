import { readdirSync, readFileSync } from 'node:fs';

const NANOS_PER_MICRO = 1_000;

/**
 * From now on, the CPU microseconds that the processes of a PostgreSQL on this machine use for one database; undefined where the system does not
 * tell, or where the server is elsewhere. What a process did that has ended by then is left out.
 */
export function measurePostgres(databaseUrl: string): () => number | undefined {
  const database = ` ${new URL(databaseUrl).pathname.slice(1)} `;
  const before = microsByProcess(database);
  return () => {
    const after = [...microsByProcess(database)];
    return after.length === 0 ? undefined : after.reduce((sum, [pid, micros]) => sum + micros - (before.get(pid) ?? 0), 0);
  };
}

function microsByProcess(database: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const pid of processIds()) {
    const title = read(`/proc/${pid}/cmdline`);
    if (!title.startsWith('postgres:') || !title.includes(database)) continue;
    // The first number is time on a processor.
    found.set(pid, Number(read(`/proc/${pid}/schedstat`).split(' ')[0]) / NANOS_PER_MICRO);
  }
  return found;
}

function processIds(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

/** Nothing of a process that has just ended. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
