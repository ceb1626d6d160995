import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { createLogger } from '@portico/service-kit/logger';
import { loadLocalConfig } from '../config.ts';
import { hasCode } from '../read-error.ts';
import { banner } from './banner.ts';
import { buildPages } from './build-pages.ts';
import { type StartGateway, startAll } from './start-all.ts';
import { untilStopRequested } from './until-stop-requested.ts';

const FORCED_EXIT_CODE = 130;

/** `npm start`: starts everything, says where it is, and runs until a signal. Answers the exit code. */
export async function runAll(env: Readonly<Record<string, string | undefined>>, startGateway: StartGateway): Promise<number> {
  // From here on: a signal during the start lets the start finish and stops after it.
  const stopRequested = untilStopRequested({ force: () => process.exit(FORCED_EXIT_CODE), startedBy: Number(env.PORTICO_STARTED_BY) });
  // Whoever read what we print may go before we do (`npm start | head`); that is no reason not to stop cleanly.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const log = (message: string): void => void process.stdout.write(`[portico] ${message}\n`);
  let problem: string | undefined;
  try {
    const config = loadLocalConfig(env);
    const pagesBuilt = buildPages(log);
    await using platform = await startAll({
      config,
      startGateway: async (surroundings) => {
        await pagesBuilt;
        return startGateway(surroundings);
      },
      loggerOf: (program) => createLogger({ program, level: config.LOG_LEVEL }),
      log,
      now: () => new Date(),
    });
    process.stdout.write(`\n${banner(platform)}\n`);
    // Else it is kept at the exit only, and lost by a process that is killed.
    flushCompileCache();
    const isLost = await Promise.race([stopRequested.then(() => false), platform.databaseEnded.then(() => true)]);
    log('stopping');
    if (isLost)
      problem = `PostgreSQL has ended by itself; why, it says in ${join(config.dataDir, 'postgres.log')}. The data is kept: start again.`;
  } catch (error) {
    const trace = env.LOG_LEVEL === 'debug' && error instanceof Error ? error.stack : undefined;
    problem ??= trace ?? explain(error);
  }
  if (problem === undefined) return 0;
  // Below all that the programs said of it when they stopped: it is looked for at the end.
  process.stderr.write(`[portico] ${problem}\n`);
  return 1;
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const hint = hasCode(error, 'EADDRINUSE') ? ' PORT=0 and INTERNAL_PORT=0 pick free ports.' : '';
  return `${error.message}.${hint} \`npm run portico -- doctor\` looks for causes, LOG_LEVEL=debug shows where it happened.`.replace(
    '..',
    '.',
  );
}
