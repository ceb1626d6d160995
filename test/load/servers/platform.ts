// The platform under measurement: 1 or 2 gateway processes, all-in-one, or stock Mesh over HTTP subgraphs.
import cluster, { type Worker } from 'node:cluster';
import { untilSignal } from '@portico/service-kit/lifecycle';
import { startStack } from '../../stack/start-stack.ts';
import { answerQuestions } from './answer-questions.ts';

const { DATABASE_URL: databaseUrl, EXECUTION, PROCESSES = '1', POOL_MAX, AUDIT, REDIS_URL: redisUrl } = process.env;
const workers = Number(PROCESSES);

if (workers > 1 && cluster.isPrimary) await leadWorkers(workers);
else await serve();

async function serve(): Promise<void> {
  using _ = answerQuestions({ textsOf: (program) => program !== 'gateway' });
  const execution = EXECUTION === 'stitched' ? 'stitched' : 'compiled';
  await using stack = await startStack({
    topology: 'all-in-one',
    execution,
    databaseUrl,
    poolMax: Number(POOL_MAX),
    audited: AUDIT !== 'off',
    ...(redisUrl === undefined ? {} : { redisUrl }),
    // One name for all of them, so that a token of one is good at the others.
    env: { PUBLIC_URL: 'http://portico.test' },
  });
  process.send?.({ kind: 'ready', url: stack.url });
  await untilSignal();
  // The open channel would keep the process.
  process.disconnect?.();
}

/** Workers share one port. What they count is asked of all and added up. */
async function leadWorkers(size: number): Promise<void> {
  const all = await Promise.all(Array.from({ length: size }, () => started(cluster.fork())));
  process.on('message', async ({ kind }: { kind: string }) => {
    if (kind !== 'statements') return;
    const counts = await Promise.all(all.map(({ worker }) => ask(worker, 'statements')));
    process.send?.({ kind, count: counts.reduce((sum, { count }) => sum + Number(count), 0) });
  });
  process.send?.({ kind: 'ready', url: all[0]?.url });
  await untilSignal();
  await Promise.all(all.map(({ worker }) => ended(worker)));
  process.disconnect?.();
}

type Message = { kind: string; count?: number; url?: string };

function ended(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    worker.once('exit', () => resolve());
    worker.process.kill('SIGTERM');
  });
}

function ask(worker: Worker, kind: string): Promise<Message> {
  return new Promise((resolve) => {
    const listen = (message: Message): void => {
      if (message.kind !== kind) return;
      worker.off('message', listen);
      resolve(message);
    };
    worker.on('message', listen);
    worker.send({ kind });
  });
}

function started(worker: Worker): Promise<{ worker: Worker; url: string }> {
  return new Promise((resolve) => {
    worker.on('message', (message: Message) => {
      if (message.kind === 'ready') resolve({ worker, url: String(message.url) });
    });
  });
}
