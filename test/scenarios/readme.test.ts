// The README's requests, run as they stand there and in that order: only the addresses of the platform and the receiver differ.
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createTestDatabase, testEnvironment } from '@portico/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const WAIT = { timeout: 60_000, interval: 50 };

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
/** Names of things that later requests use: `CUSTOMER=$(…)`. */
const looksUp = blocks.find(({ text }) => /^[A-Z]+=\$\(/.test(text))?.text ?? '';
const receiver = blocks.find(({ text }) => text.startsWith('WEBHOOK_SECRET='))?.text ?? '';
const received = blocks.find(({ language }) => language === 'text')?.text ?? '';
const graphQuestion = blocks.find(({ text }) => text.startsWith('curl ') && text.includes('/graphql'));

describe('the README', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let env: NodeJS.ProcessEnv;
  let internalUrl = '';
  let receiverUrl = '';
  let receiverPrinted = '';
  /** What the look-ups found, for a shell. */
  let found = '';
  const dataDir = mkdtempSync(join(tmpdir(), 'portico-readme-'));
  const stopping = new AsyncDisposableStack();

  beforeAll(async () => {
    database = stopping.use(await createTestDatabase());
    stopping.defer(() => rmSync(dataDir, { recursive: true, force: true }));
    env = testEnvironment({ DATA_DIR: dataDir, DATABASE_URL: database.url, REDIS_URL: 'none', NATS_URL: 'none' });
    const platform = spawn(process.execPath, [join(root, 'infra/local/src/main.ts')], {
      env: { ...env, PORT: '0', INTERNAL_PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise((resolve) => platform.once('exit', resolve));
    stopping.defer(async () => {
      platform.kill('SIGTERM');
      await ended;
    });
    const listener = spawn('bash', ['-c', `exec env ${receiver}`], {
      cwd: root,
      env: { ...env, PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    stopping.defer(() => void listener.kill('SIGTERM'));
    listener.stdout.on('data', (chunk) => {
      receiverPrinted += String(chunk);
    });
    let printed = '';
    for await (const chunk of platform.stdout) {
      printed += String(chunk);
      if (printed.includes('curl -sS')) break;
    }
    await vi.waitFor(() => expect(receiverPrinted).toContain('listening'), WAIT);
    receiverUrl = /http:\/\/127\.0\.0\.1:\d+/.exec(receiverPrinted)?.[0] ?? '';
    internalUrl = /http:\/\/127\.0\.0\.1:\d+(?=\/graphql)/.exec(printed)?.[0] ?? '';
    const names = [...looksUp.matchAll(/^[A-Z]+(?==)/gm)];
    found = await shell(`${looksUp}\ndeclare -p ${names.join(' ')}`);
  });
  afterAll(() => stopping.disposeAsync());

  /** `npm run -s portico -- …`, without what npm puts around it; a failing command's output counts too. */
  async function shell(command: string): Promise<string> {
    const direct = command
      .replaceAll('npm run -s portico --', `'${process.execPath}' '${join(root, 'infra/local/src/cli.ts')}'`)
      .replaceAll('http://127.0.0.1:8080', receiverUrl)
      .replaceAll('http://127.0.0.1:4001', internalUrl);
    const { stdout } = await run('bash', ['-c', direct], { env }).catch((error: { stdout: string }) => error);
    return stdout;
  }

  it('shows requests, each with its answer: reads, a mistake, a webhook, an order, a decline; and one question to the graph', () => {
    expect(requests.length).toBeGreaterThanOrEqual(5);
    for (const { shown } of requests) expect(shown?.language).toBe('json');
    expect(graphQuestion).toBeDefined();
  });

  it.each(requests)('$command answers in the shape that is shown', async ({ command, shown }) => {
    const answer = JSON.parse(await shell(`${found}\n${command}`));
    const expected = JSON.parse(shown?.text ?? '');
    expect(shapeOf(answer)).toEqual(shapeOf(expected));
    if ('error' in expected)
      expect({ ...answer.error, requestId: '', timestamp: '' }).toEqual({ ...expected.error, requestId: '', timestamp: '' });
    else expect(answer.pagination).toEqual(expected.pagination);
  });

  it('shows the receiver what it shows here, each body with a signature that verifies', async () => {
    const told = (text: string): unknown[] =>
      [...text.matchAll(/^verified (.*)$/gm)].map(([, body]) => JSON.parse(body ?? '')).filter(({ event }) => event !== 'payment.failed');
    const byEvent = (bodies: unknown[]) => bodies.map((body) => JSON.stringify(withEvent(body))).sort();
    expect(told(received)).toHaveLength(3);
    await vi.waitFor(() => expect(byEvent(told(receiverPrinted))).toEqual(byEvent(told(received))), WAIT);
    expect(receiverPrinted).not.toContain('refused');
  });

  it('tells the receiver of the decline', async () => {
    await vi.waitFor(() => expect(receiverPrinted).toContain('"event":"payment.failed"'), WAIT);
  });

  it('asks the graph with a token of our own command', async () => {
    const { data } = JSON.parse(await shell(graphQuestion?.text ?? ''));
    expect(data.products.items).toHaveLength(2);
  });
});

/** The type of an event and the shape of its body. */
function withEvent(body: unknown): unknown {
  return { event: Object(body).event, shape: shapeOf(body) };
}

/** Names and types of everything in a value; a list is as its first element. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shapeOf(inner)]));
}
