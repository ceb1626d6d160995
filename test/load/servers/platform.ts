// The platform under measurement: 1 or 2 gateway processes, all-in-one, or stock Mesh over HTTP subgraphs.
import cluster, { type Worker } from 'node:cluster';
import { onStatement } from '@portico/service-kit/sql/statement-log';
import { startStack } from '../../stack/start-stack.ts';

const { DATABASE_URL: databaseUrl, EXECUTION, PROCESSES = '1' } = process.env;
const workers = Number(PROCESSES);

if (workers > 1 && cluster.isPrimary) await leadWorkers(workers);
else await serve();

async function serve(): Promise<void> {
  let count = 0;
  let texts: string[] = [];
  using _ = onStatement(({ text, program }) => {
    count += 1;
    if (program !== 'gateway') texts.push(text);
    if (texts.length > 50) texts = texts.slice(-50);
  });
  const execution = EXECUTION === 'stitched' ? 'stitched' : 'compiled';
  await using stack = await startStack({ topology: 'all-in-one', execution, databaseUrl });
  process.on('message', (message: { kind: string }) => {
    if (message.kind === 'statements') process.send?.({ kind: 'statements', count });
    if (message.kind === 'texts') {
      process.send?.({ kind: 'texts', texts });
      texts = [];
    }
  });
  process.send?.({ kind: 'ready', url: stack.url });
  await new Promise((resolve) => process.once('SIGTERM', resolve));
  // Nothing of a measurement has to be kept; the database goes with the bench.
  process.exit(0);
}

/** Workers share one port. What they count is asked of all and added up. */
async function leadWorkers(size: number): Promise<void> {
  const all = await Promise.all(Array.from({ length: size }, () => started(cluster.fork())));
  process.on('message', async ({ kind }: { kind: string }) => {
    if (kind !== 'statements') return;
    const counts = await Promise.all(all.map(({ worker }) => ask(worker, 'statements')));
    process.send?.({ kind, count: counts.reduce((sum, { count }) => sum + Number(count), 0) });
  });
  process.once('SIGTERM', () => {
    for (const { worker } of all) worker.process.kill('SIGTERM');
    process.exit(0);
  });
  process.send?.({ kind: 'ready', url: all[0]?.url });
}

type Message = { kind: string; count?: number; url?: string };

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
