// Secrets as files, as Kubernetes, Vault agents and Docker put them: a file with the value or a JSON object, or a folder with a file per value.
// Files are compared every few seconds and not watched: what renews secrets replaces files and links, which a watch on a file does not see.
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { startLoop } from '@portico/service-kit/lifecycle';
import { parseSecret, type Secret, type SecretStore, secret, secretOf, UnknownSecretError } from './secrets.ts';

const CHECK_MS = 2_000;

/** The secrets under a folder. One that cannot be read while it is replaced keeps its version until it can. */
export function secretsFromFolder(folder: string, { checkMs = CHECK_MS }: { checkMs?: number } = {}): SecretStore {
  const read = async (name: string): Promise<Secret> => readSecret(join(folder, secret(name).name), name);
  return {
    get: read,
    watch(name, listener) {
      let seen: string | undefined;
      const loop = startLoop({
        idleMs: checkMs,
        onError: () => {},
        async work() {
          const found = await read(name);
          if (seen !== undefined && found.version !== seen) listener(found);
          seen = found.version;
        },
      });
      return { [Symbol.dispose]: () => void loop[Symbol.asyncDispose]() };
    },
  };
}

async function readSecret(path: string, name: string): Promise<Secret> {
  try {
    const about = await stat(path);
    if (!about.isDirectory()) return parseSecret(await readFile(path, 'utf8'), about.mtimeMs);
    // Kubernetes keeps its own links in such a folder; their names begin with two dots.
    const files = (await readdir(path)).filter((file) => !file.startsWith('.'));
    const values = await Promise.all(files.map(async (file) => [file, (await readFile(join(path, file), 'utf8')).trim()] as const));
    return secretOf(Object.fromEntries(values), about.mtimeMs);
  } catch (error) {
    throw new UnknownSecretError(name, `cannot be read (${error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'})`);
  }
}
