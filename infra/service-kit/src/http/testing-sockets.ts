// For tests: bytes to a port as no client library would send them, and certificates that nobody trusts.
import { execFile, execFileSync } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

export type RawAnswer = { status: number; headers: Readonly<Record<string, string>>; body: string };
export type RawExchange = {
  /** Everything that came, in order. */
  readonly text: string;
  readonly answers: readonly RawAnswer[];
  /** Whether the server ended the connection. */
  readonly closed: boolean;
};

/**
 * Sends bytes and reads until the server closes the connection, or until `answersWanted` have come, or the time is up; with `quietMs` also until
 * something has come and then nothing for so long.
 */
export function rawExchange(
  url: string,
  bytes: string | Buffer,
  {
    answersWanted = Number.POSITIVE_INFINITY,
    timeoutMs = 20_000,
    quietMs,
  }: { answersWanted?: number; timeoutMs?: number; quietMs?: number } = {},
): Promise<RawExchange> {
  const { port } = new URL(url);
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes));
    let timer = setTimeout(() => done(false), timeoutMs);
    const done = (closed: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text, answers: readAnswers(text), closed });
    };
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (readAnswers(text).length >= answersWanted) return done(false);
      if (quietMs === undefined) return;
      clearTimeout(timer);
      timer = setTimeout(() => done(false), quietMs);
    });
    // A reset counts as closed: the server may have left bytes unread.
    socket
      .on('error', () => done(true))
      .on('end', () => done(true))
      .on('close', () => done(true));
  });
}

/** Splits what a connection answered. Knows only answers with a length, as ours are. */
export function readAnswers(text: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  let rest = text;
  while (rest !== '') {
    const end = rest.indexOf('\r\n\r\n');
    const status = /^HTTP\/1\.1 (\d{3}) /.exec(rest)?.[1];
    if (end < 0 || status === undefined) break;
    const lines = rest.slice(0, end).split('\r\n').slice(1);
    const headers = Object.fromEntries(lines.map((line) => [line.split(':', 1)[0]?.toLowerCase() ?? '', line.replace(/^[^:]*:\s*/, '')]));
    const length = Number(headers['content-length'] ?? 0);
    const body = rest.slice(end + 4, end + 4 + length);
    if (body.length < length) break;
    // 100 Continue is no answer yet.
    if (status !== '100') answers.push({ status: Number(status), headers, body });
    rest = rest.slice(end + 4 + length);
  }
  return answers;
}

/** Resolves when the peer has closed a connection. */
export function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) return resolve();
    socket.on('error', () => {}).once('close', () => resolve());
    socket.resume();
  });
}

export function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Writes a self-signed certificate for loopback over the two files, which are given back. */
export async function writeCertificate(folder: string, name: string): Promise<{ certFile: string; keyFile: string }> {
  const [certFile, keyFile] = [join(folder, 'tls.crt'), join(folder, 'tls.key')];
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
  await promisify(execFile)('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', keyFile, '-out', certFile]);
  return { certFile, keyFile };
}
