import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeCertificate } from '@portico/service-kit/testing-sockets';

/** A self-signed pair for loopback with this common name. Needs openssl. */
export async function makeCertificate(name: string): Promise<{ cert: string; key: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'portico-pair-'));
  try {
    const { certFile, keyFile } = await writeCertificate(folder, name);
    return { cert: await readFile(certFile, 'utf8'), key: await readFile(keyFile, 'utf8') };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
