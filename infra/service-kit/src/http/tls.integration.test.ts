import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, type SecureVersion, type TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { within } from '../testing-stopwatch.ts';
import { GET, useListeners } from './testing-listener.ts';
import { closed, hasOpenssl, rawExchange, writeCertificate } from './testing-sockets.ts';

const { start, open, defer } = useListeners();

describe.skipIf(!hasOpenssl())('TLS (needs openssl)', () => {
  async function files(): Promise<{ folder: string; certFile: string; keyFile: string }> {
    const folder = await mkdtemp(join(tmpdir(), 'portico-tls-'));
    defer(() => rm(folder, { recursive: true, force: true }));
    return { folder, ...(await writeCertificate(folder, 'first')) };
  }

  function shake(url: string, version: SecureVersion): Promise<TLSSocket | string> {
    return new Promise((resolve) => {
      const socket = connectTls(
        {
          port: Number(new URL(url).port),
          host: '127.0.0.1',
          rejectUnauthorized: false,
          minVersion: version,
          maxVersion: version,
          ciphers: 'DEFAULT@SECLEVEL=0',
        },
        () => resolve(socket),
      );
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      defer(() => void socket.destroy());
    });
  }

  const nameOf = (socket: TLSSocket | string): unknown => (typeof socket === 'string' ? socket : socket.getPeerCertificate().subject.CN);

  function ask(socket: TLSSocket): Promise<string> {
    const answered = new Promise<string>((resolve) => socket.once('data', (chunk) => resolve(String(chunk))));
    socket.write(GET);
    return answered;
  }

  it('is spoken from version 1.2 on', async () => {
    const { url } = await start({ tls: { ...(await files()), onError: () => {} } });
    expect(url).toMatch(/^https:/);
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const socket = await shake(url, version);
      expect(typeof socket === 'string' ? socket : socket.getProtocol()).toBe(version);
    }
    for (const version of ['TLSv1', 'TLSv1.1'] as const) expect(await shake(url, version)).toMatch(/^ERR_SSL_.*PROTOCOL_VERSION$/);
    // Plain HTTP gets nothing, least of all an answer.
    expect((await rawExchange(url, GET)).text).not.toMatch(/200/);
  });

  it('takes a renewed certificate without a restart, while an old connection goes on', async () => {
    const { folder, ...tls } = await files();
    const errors: unknown[] = [];
    let reloads = 0;
    const onReload = (): void => {
      reloads += 1;
    };
    const { url } = await start({ tls: { ...tls, checkMs: 10, onError: (error) => errors.push(error), onReload } });
    const old = await shake(url, 'TLSv1.3');
    if (typeof old === 'string') throw new Error(old);
    const [cert] = [await readFile(tls.certFile)];
    // Half a renewal: the key is not the certificate's.
    await rm(tls.keyFile);
    await expect.poll(() => errors.length).toBe(1);
    expect(nameOf(await shake(url, 'TLSv1.2'))).toBe('first');
    await writeCertificate(folder, 'second');
    await expect.poll(() => reloads).toBeGreaterThan(0);
    await expect.poll(async () => nameOf(await shake(url, 'TLSv1.3'))).toBe('second');
    expect(await ask(old)).toMatch(/^HTTP\/1\.1 200/);
    expect(nameOf(old)).toBe('first');
    const before = errors.length;
    await writeFile(tls.certFile, cert);
    await expect.poll(() => errors.length).toBeGreaterThan(before);
    expect(nameOf(await shake(url, 'TLSv1.3'))).toBe('second');
    // Still nothing older after a reload.
    expect(await shake(url, 'TLSv1.1')).toMatch(/PROTOCOL_VERSION$/);
  });

  it('does not start with a key of another certificate', async () => {
    const [one, other] = [await files(), await files()];
    await expect(start({ tls: { certFile: one.certFile, keyFile: other.keyFile, onError: () => {} } })).rejects.toThrow(/mismatch/);
  });

  it('is cut in the middle of a handshake by the deadline', async () => {
    const { url } = await start({ tls: { ...(await files()), onError: () => {} }, limits: { headersTimeoutMs: 200 } });
    await within(3_000, async () => closed(await open(url)));
  });

  it('is cut in the middle of a handshake by a stop', async () => {
    const listener = await start({ tls: { ...(await files()), onError: () => {} } });
    await open(listener.url);
    await within(3_000, () => listener[Symbol.asyncDispose]());
    await expect(
      new Promise((_resolve, reject) => request(listener.url, { rejectUnauthorized: false }).on('error', reject).end()),
    ).rejects.toThrow('ECONNREFUSED');
  });
});
