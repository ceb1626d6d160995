// The README's requests, run as they stand there: only the address of the platform differs.
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createTestDatabase } from '@portico/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

type Block = { language: string; text: string };

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const blocks: Block[] = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].map(
  ([, language, text]) => ({
    language: language ?? '',
    text: (text ?? '').trim(),
  }),
);
const requests = blocks.flatMap(({ text }, i) =>
  text.startsWith('npm run -s portico -- request') ? [{ command: text, shown: blocks[i + 1] }] : [],
);
const graphQuestion = blocks.find(({ text }) => text.startsWith('curl ') && text.includes('/graphql'));

describe('the README', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let env: Record<string, string | undefined>;
  let internalUrl = '';
  const dataDir = mkdtempSync(join(tmpdir(), 'portico-readme-'));
  const stopping = new AsyncDisposableStack();

  beforeAll(async () => {
    database = stopping.use(await createTestDatabase());
    stopping.defer(() => rmSync(dataDir, { recursive: true, force: true }));
    env = { PATH: process.env.PATH, DATA_DIR: dataDir, DATABASE_URL: database.url, REDIS_URL: 'none', NATS_URL: 'none' };
    const platform = spawn(process.execPath, [join(root, 'infra/local/src/main.ts')], {
      env: { ...env, PORT: '0', INTERNAL_PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise((resolve) => platform.once('exit', resolve));
    stopping.defer(async () => {
      platform.kill('SIGTERM');
      await ended;
    });
    let printed = '';
    for await (const chunk of platform.stdout) {
      printed += String(chunk);
      if (printed.includes('curl -sS')) break;
    }
    internalUrl = /http:\/\/127\.0\.0\.1:\d+(?=\/graphql)/.exec(printed)?.[0] ?? '';
  });
  afterAll(() => stopping.disposeAsync());

  /** `npm run -s portico -- …`, without what npm puts around it; a failing command's output counts too. */
  async function shell(command: string): Promise<string> {
    const direct = command
      .replaceAll('npm run -s portico --', `'${process.execPath}' '${join(root, 'infra/local/src/cli.ts')}'`)
      .replaceAll('http://127.0.0.1:4001', internalUrl);
    const { stdout } = await run('bash', ['-c', direct], { env }).catch((error: { stdout: string }) => error);
    return stdout;
  }

  it('shows at least two requests, each with its answer, and one question to the graph', () => {
    expect(requests.length).toBeGreaterThanOrEqual(2);
    for (const { shown } of requests) expect(shown?.language).toBe('json');
    expect(graphQuestion).toBeDefined();
  });

  it.each(requests)('$command answers in the shape that is shown', async ({ command, shown }) => {
    const answer = JSON.parse(await shell(command));
    const expected = JSON.parse(shown?.text ?? '');
    expect(shapeOf(answer)).toEqual(shapeOf(expected));
    if ('error' in expected)
      expect({ ...answer.error, requestId: '', timestamp: '' }).toEqual({ ...expected.error, requestId: '', timestamp: '' });
    else expect(answer.pagination).toEqual(expected.pagination);
  });

  it('asks the graph with a token of our own command', async () => {
    const { data } = JSON.parse(await shell(graphQuestion?.text ?? ''));
    expect(data.products.items).toHaveLength(2);
  });
});

/** Names and types of everything in a value; a list is as its first element. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shapeOf(inner)]));
}
