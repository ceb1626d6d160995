// Work that one process at a time does, though several could: the one that holds an advisory lock of PostgreSQL. The lock belongs to the
// connection on which the work's statements run, so it is free the moment its holder is gone, and a holder that lost it can change nothing. A holder
// that is gone without a word, or stands still, is silent: PostgreSQL ends its connection then.

import pg from 'pg';
import { createPause } from '../lifecycle.ts';
import type { Logger } from '../logger.ts';
import { createOutage } from '../outage.ts';
import type { RunStatement } from '../reads/reads.ts';
import { sessionOptions } from '../sql/session-options.ts';
import { endClient } from './end-client.ts';

export type ExclusiveTurn = {
  /** Aborted when the work is disposed or its connection is lost. */
  readonly signal: AbortSignal;
  /** Runs a statement on the connection that holds the lock. */
  readonly run: RunStatement;
  /** Waits until somebody wakes the work, or `ms` have passed; answers whether somebody did. */
  pause(ms: number): Promise<boolean>;
};

export type ExclusiveWork = AsyncDisposable & {
  /** There is something to do, wherever the work runs. Costs nothing in the process that has it, one NOTIFY for many calls in another. */
  wake(): void;
};

export type ExclusiveWorkOptions = {
  databaseUrl: string;
  /** Of the lock. */
  name: string;
  /** A notification on this channel wakes the work. */
  channel: string;
  logger: Logger;
  /** Goes on until its signal is aborted. When it throws, the lock is given up, and whoever gets it begins anew after a pause. */
  work(turn: ExclusiveTurn): Promise<void>;
};

/** How soon another process takes over. Nobody waits for the lock inside a statement: its snapshot would hold back vacuum meanwhile. */
const FOLLOW_MS = 500;
const RETRY_MIN_MS = 100;
const RETRY_MAX_MS = 2_000;
const STATEMENT_TIMEOUT_MS = 10_000;
/** By itself PostgreSQL would keep the connection of a machine without power for two hours, and that of a process that stands still for ever. */
const SILENT_MS = 30_000;
const BEAT_MS = 5_000;

export function startExclusiveWork(options: ExclusiveWorkOptions): ExclusiveWork {
  const { name, logger } = options;
  const stop = new AbortController();
  const alarm = createAlarm(stop.signal);
  const outage = createOutage({
    logger,
    fields: { operation: name },
    began: 'exclusive work failed; trying again',
    ended: 'exclusive work goes on',
  });
  const running = (async () => {
    for (let failures = 0; !stop.signal.aborted; ) {
      const begun = performance.now();
      try {
        await takeTurn(options, stop.signal, alarm, outage.over);
      } catch (err) {
        if (stop.signal.aborted) return;
        failures = performance.now() - begun > RETRY_MAX_MS ? 1 : failures + 1;
        outage.failed(err);
        await alarm.sleep(Math.min(RETRY_MIN_MS * 2 ** (failures - 1), RETRY_MAX_MS));
      }
    }
  })();
  return {
    wake: alarm.ring,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

/** `stands`: called once what failed before would have failed again. */
async function takeTurn(
  { databaseUrl, name, channel, work }: ExclusiveWorkOptions,
  stop: AbortSignal,
  alarm: Alarm,
  stands: () => void,
): Promise<void> {
  const lost = new AbortController();
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: name,
    connectionTimeoutMillis: 5_000,
    // The server ends what is slow; the client ends what is not answered at all. What such work writes is how far it came: a crash of the
    // server that loses the last of it has some work done twice.
    options: sessionOptions({ statement_timeout: STATEMENT_TIMEOUT_MS, synchronous_commit: 'off', idle_session_timeout: SILENT_MS }),
    query_timeout: 2 * STATEMENT_TIMEOUT_MS,
    keepAlive: true,
  });
  client.on('error', () => {});
  const lose = (): void => {
    lost.abort();
    alarm.ring();
  };
  client.on('end', lose);
  client.on('notification', () => alarm.ring());
  let beat: NodeJS.Timeout | undefined;
  let standing: NodeJS.Timeout | undefined;
  const answered = (): void => {
    standing ??= setTimeout(stands, RETRY_MAX_MS);
  };
  try {
    await client.connect();
    await becomeHolder(client, { name, channel, answered }, stop, alarm);
    if (stop.aborted) return;
    await client.query(`listen ${channel}`);
    // Work that is elsewhere for long says nothing here; and whether the lock is still its own it learns by asking alone.
    beat = setInterval(() => client.query('select 1').catch(lose), BEAT_MS);
    const run: RunStatement = async (text, values) => (await client.query(text, [...values])).rows;
    await work({ signal: AbortSignal.any([stop, lost.signal]), run, pause: alarm.pause });
    if (!stop.aborted) throw new Error('The connection that holds the lock was lost.');
  } finally {
    clearInterval(beat);
    clearTimeout(standing);
    await endClient(client);
  }
}

async function becomeHolder(
  client: pg.Client,
  { name, channel, answered }: Pick<ExclusiveWorkOptions, 'name' | 'channel'> & { answered(): void },
  stop: AbortSignal,
  alarm: Alarm,
): Promise<void> {
  while (!stop.aborted) {
    const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock(hashtextextended($1, 0)) as held', [name]);
    answered();
    if (rows[0]?.held === true) return;
    if (await alarm.pause(FOLLOW_MS)) await client.query(`notify ${channel}`);
  }
}

type Alarm = { ring(): void; pause(ms: number): Promise<boolean>; sleep(ms: number): Promise<void> };

/** One waits, many ring. A ring that nobody waits for ends the next pause at once. */
function createAlarm(stop: AbortSignal): Alarm {
  let rung = false;
  const { wait, end } = createPause();
  let sleeping = false;
  stop.addEventListener('abort', end, { once: true });
  return {
    ring() {
      rung = true;
      if (!sleeping) end();
    },
    async pause(ms) {
      if (!rung && !stop.aborted) await wait(ms);
      const was = rung;
      rung = false;
      return was;
    },
    /** A pause that no ring ends. */
    async sleep(ms) {
      sleeping = true;
      if (!stop.aborted) await wait(ms);
      sleeping = false;
    },
  };
}
