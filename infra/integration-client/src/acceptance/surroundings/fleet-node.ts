// One process of the fleet in the fleet breaker's test: calls all the time, and tells its parent what came of it.
// Arguments: base URL, deadline of a call in milliseconds, Redis URL (without one it is on its own).
import { createClient } from '../../create-client.ts';
import { IntegrationError } from '../../errors.ts';
import { sut } from './testing-client.ts';

/** `times`: of the calls since the last news, in milliseconds. */
export type NodeNews = { opened: boolean; failures: Readonly<Record<string, number>>; ok: number; times: readonly number[] };

const PAUSE_MS = 20;
const NEWS_EVERY_MS = 100;
const [baseUrl = '', deadline, redisUrl] = process.argv.slice(2);
const deadlineMs = Number(deadline);
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const secrets = { get: () => Promise.reject(new Error('There are no secrets here.')) };
const fast = { ...sut, breaker: { openMs: 2_000 } };
const client = createClient({ providers: { sut: fast }, secrets, logger: quiet, redisUrl, baseUrls: { sut: baseUrl } });

let news = { opened: false, failures: {} as Record<string, number>, ok: 0, times: [] as number[] };

async function call(): Promise<void> {
  const startedAt = performance.now();
  try {
    await client.sut.read({ params: { id: 'a' } }, { deadlineMs });
    news.ok += 1;
    news.opened = false;
  } catch (error) {
    if (!(error instanceof IntegrationError)) throw error;
    news.opened = error.code === 'CIRCUIT_BREAKER_OPEN';
    news.failures[error.code] = (news.failures[error.code] ?? 0) + 1;
  }
  news.times.push(performance.now() - startedAt);
  setTimeout(call, PAUSE_MS);
}

setInterval(() => {
  process.send?.(news);
  news = { opened: news.opened, failures: {}, ok: 0, times: [] };
}, NEWS_EVERY_MS);
process.on('disconnect', () => process.exit(0));
await call();
