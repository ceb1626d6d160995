// Builds the portal and the console into their `dist`, unless they are there and made of what is there now. `npm run pages`; `npm start` runs it too.
// A build goes into a folder of its own and takes the place of the last one as a whole.
import { hash, randomUUID } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';

const APPS = ['portal', 'console'] as const;
const root = fileURLToPath(new URL('../..', import.meta.url));
/** Which sources a build was made of. */
const MADE_OF = 'made-of';
/** What the server puts the nonce of a response in place of. */
const NONCE_PLACE = '__NONCE__';

const stale = [];
for (const app of APPS) {
  const madeOf = sourcesOf(app);
  if (madeOf !== (await lastBuild(app))) stale.push({ app, madeOf });
}
if (stale.length > 0) {
  console.log('building the portal and the console (once)');
  for (const { app, madeOf } of stale) {
    await build(app, madeOf).catch((error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    });
  }
}

/** One text for everything that a build depends on. */
function sourcesOf(app: string): string {
  const folders = [`admin/${app}`, 'admin/ui', 'infra/contracts/src'];
  const files = globSync(
    folders.flatMap((folder) => [`${folder}/**/*.{ts,tsx,css,html,svg,json}`]),
    { cwd: root, exclude: (path) => /node_modules|[/\\]dist/.test(path) },
  );
  const parts = [...files.sort(), 'pnpm-lock.yaml'].map((file) => `${file} ${hash('sha256', readFileSync(join(root, file)))}`);
  return hash('sha256', parts.join('\n'));
}

async function lastBuild(app: string): Promise<string | undefined> {
  return readFile(join(root, 'admin', app, 'dist', MADE_OF), 'utf8').catch(() => undefined);
}

async function build(app: string, madeOf: string): Promise<void> {
  // Whoever asks for it, tests included: a build is kept, and one for development is half as large again and slow.
  process.env.NODE_ENV = 'production';
  // Needed for a build alone, and the slowest part of finding out that there is nothing to build.
  const [vite, { default: react }] = await Promise.all([import('vite'), import('@vitejs/plugin-react')]);
  const folder = join(root, 'admin', app);
  const outDir = join(folder, `dist-${randomUUID()}`);
  try {
    await vite.build({
      configFile: false,
      root: folder,
      base: `/${app}/`,
      logLevel: 'warn',
      plugins: [react()],
      html: { cspNonce: NONCE_PLACE },
      build: {
        outDir,
        assetsInlineLimit: 0,
        reportCompressedSize: false,
        chunkSizeWarningLimit: 1_000,
        modulePreload: { polyfill: false },
      },
    });
    await Promise.all(globSync('assets/*.{js,css,svg}', { cwd: outDir }).map((name) => pack(join(outDir, name))));
    await writeFile(join(outDir, MADE_OF), madeOf);
    await replace(join(folder, 'dist'), outDir);
  } finally {
    await rm(outDir, { recursive: true, force: true });
  }
}

async function pack(file: string): Promise<void> {
  const bytes = await readFile(file);
  const [br, gz] = await Promise.all([promisify(brotliCompress)(bytes), promisify(gzip)(bytes, { level: 9 })]);
  await Promise.all([writeFile(`${file}.br`, br), writeFile(`${file}.gz`, gz)]);
}

/** Of two that build at the same time either may win: both made the same. */
async function replace(place: string, made: string): Promise<void> {
  const old = `${made}-old`;
  await rename(place, old).catch(() => {});
  await rename(made, place).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
  await rm(old, { recursive: true, force: true });
}
