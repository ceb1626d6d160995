// A process that uses the embedded PostgreSQL of a folder until it is told to stop, for tests that kill it.
import { startEmbeddedPostgres } from '../embedded-postgres/start-embedded-postgres.ts';

const [dataDir = ''] = process.argv.slice(2);
const { url, adopted, stop } = await startEmbeddedPostgres({ dataDir, durable: true, log: () => {} });
process.stdout.write(`${JSON.stringify({ url, adopted })}\n`);
const awake = setInterval(() => {}, 60_000);
process.once('SIGTERM', async () => {
  await stop();
  clearInterval(awake);
});
