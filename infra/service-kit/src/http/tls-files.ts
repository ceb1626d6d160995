// Certificate and key from files, taken anew when they change. The files are compared every few seconds and not watched: what renews
// certificates replaces files and links (certbot, cert-manager, Kubernetes secrets), which a watch on a file does not see.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { startLoop } from '../lifecycle.ts';

export type TlsFiles = {
  /** PEM, with the chain. */
  readonly certFile: string;
  readonly keyFile: string;
  readonly checkMs?: number;
  /** Hears once of every pair that cannot be used; the one before it stays in use. */
  readonly onError: (error: unknown) => void;
  readonly onReload?: () => void;
};

export type TlsPair = { readonly cert: string; readonly key: string };

const CHECK_MS = 2_000;

/** Throws when a file cannot be read, or when the key is not the certificate's. */
export async function readTlsFiles(files: TlsFiles): Promise<TlsPair> {
  const pair = await readPair(files);
  requireUsable(pair);
  return pair;
}

/** Tells of every pair after the one in use. `use` puts it to use for new connections. */
export function watchTlsFiles(files: TlsFiles, inUse: TlsPair, use: (pair: TlsPair) => void): AsyncDisposable {
  let seen = inUse;
  let failure: string | undefined;
  return startLoop({
    idleMs: files.checkMs ?? CHECK_MS,
    onError(error) {
      // A pair that is half written is whole at a later check; what stays wrong is told once.
      if (String(error) !== failure) files.onError(error);
      failure = String(error);
    },
    async work() {
      const pair = await readPair(files);
      if (pair.cert === seen.cert && pair.key === seen.key) return;
      seen = pair;
      requireUsable(pair);
      use(pair);
      failure = undefined;
      files.onReload?.();
    },
  });
}

/** A file that is being written may be read empty, and a context without a certificate is no error to TLS: it would refuse everybody. */
function requireUsable({ cert, key }: TlsPair): void {
  if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)))
    throw new Error('The key is not that of the certificate: mismatch.');
  createSecureContext({ cert, key });
}

async function readPair({ certFile, keyFile }: TlsFiles): Promise<TlsPair> {
  const [cert, key] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')]);
  return { cert, key };
}
