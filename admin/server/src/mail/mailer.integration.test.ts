import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, type Logger } from '@portico/service-kit/logger';
import { silentLogger } from '@portico/service-kit/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMailer, LETTER_MS, type Letter } from './mailer.ts';

const now = (): Date => new Date('2026-01-02T03:04:05.678Z');
const letter: Letter = { to: 'ada@example.com', subject: 'Hello', text: 'One line.\nAnother.\n' };

describe('letters into a folder', () => {
  let folder = '';
  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'portico-mail-')), 'mail');
  });
  afterEach(() => rm(join(folder, '..'), { recursive: true }));

  it('are files that their owner alone can read, and are all there once the mailer is disposed', async () => {
    {
      await using mailer = createMailer({ kind: 'folder', folder, from: 'Portico <p@portico.test>' }, { logger: silentLogger, now });
      for (let i = 0; i < 5; i += 1) mailer.post(letter);
    }
    const files = await readdir(folder);
    expect(files).toHaveLength(5);
    const [file = ''] = files.map((name) => join(folder, name));
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ at: now().toISOString(), from: 'Portico <p@portico.test>', ...letter });
    expect([(await stat(file)).mode & 0o777, (await stat(folder)).mode & 0o777]).toEqual([0o600, 0o700]);
  });
});

describe('letters through SMTP', () => {
  it('reach the server as they are', async () => {
    const received: string[] = [];
    await using server = await smtpServer((text) => received.push(text));
    {
      await using mailer = createMailer({ kind: 'smtp', url: server.url, from: 'p@portico.test' }, { logger: silentLogger, now });
      mailer.post(letter);
    }
    expect(received.join('')).toMatch(/RCPT TO:<ada@example\.com>[\s\S]*Subject: Hello[\s\S]*One line\.\r\nAnother\./);
  });

  it('that cannot be sent are told to the log, without the letter, and to nobody else', async () => {
    const lines: string[] = [];
    const destination = { write: (line: string) => void lines.push(line) };
    const logger: Logger = createLogger({ program: 'test', level: 'error', destination });
    {
      await using mailer = createMailer({ kind: 'smtp', url: 'smtp://127.0.0.1:1', from: 'p@portico.test' }, { logger, now });
      expect(mailer.post(letter)).toBeUndefined();
    }
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toMatch(/ada@|One line/);
  });
});

describe('a mail server that falls silent', () => {
  afterEach(() => void vi.useRealTimers());

  it.each([
    ['before it greets', []],
    ['in the middle of a letter', ['220 test', '250 ok']],
  ])('%s holds up nobody for longer than a letter may take', async (_when, lines) => {
    let silent = false;
    await using server = await listen((socket) => {
      const left = [...lines];
      const say = (): void => {
        const line = left.shift();
        silent = line === undefined;
        if (line !== undefined) socket.write(`${line}\r\n`);
      };
      say();
      socket.on('data', say);
    });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const mailer = createMailer({ kind: 'smtp', url: server.url, from: 'p@portico.test' }, { logger: silentLogger, now });
    mailer.post(letter);
    const refused = expect(mailer.send(letter)).rejects.toThrow();
    while (!silent) await new Promise((resolve) => setImmediate(resolve));
    await vi.advanceTimersByTimeAsync(LETTER_MS);
    await refused;
    await mailer[Symbol.asyncDispose]();
  });
});

/** As much of a mail server as one letter needs. */
function smtpServer(onText: (text: string) => void): Promise<AsyncDisposable & { url: string }> {
  return listen((socket) => {
    let inLetter = false;
    socket.write('220 test\r\n');
    socket.on('data', (chunk) => {
      const text = chunk.toString();
      onText(text);
      if (inLetter) {
        if (!text.endsWith('\r\n.\r\n')) return;
        inLetter = false;
        socket.write('250 kept\r\n');
      } else if (text.startsWith('DATA')) {
        inLetter = true;
        socket.write('354 go on\r\n');
      } else socket.write(text.startsWith('QUIT') ? '221 bye\r\n' : '250 ok\r\n');
    });
  });
}

async function listen(onSocket: (socket: Socket) => void): Promise<AsyncDisposable & { url: string }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    // A server that listens on a port has an address of this kind.
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
