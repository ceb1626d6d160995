import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const admin = fileURLToPath(new URL('../../../../admin', import.meta.url));
/** Where the pages of each side are when they have been built. */
export const PAGES = { developer: join(admin, 'portal/dist'), operator: join(admin, 'console/dist') } as const;
const BUILD_MS_MAX = 120_000;

/**
 * Builds the portal and the console where their sources have changed. Without them everything else works: a build that fails is told and no more.
 * In a process of its own, because a bundler has no place in the memory of a server.
 */
export async function buildPages(log: (message: string) => void): Promise<void> {
  const child = spawn(process.execPath, [join(admin, 'ui/build.ts')], { stdio: ['ignore', 'pipe', 'pipe'], timeout: BUILD_MS_MAX });
  for (const stream of [child.stdout, child.stderr]) createInterface(stream).on('line', log);
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  child
    .once('error', ({ message }) => resolve(message))
    .once('close', (code, signal) => resolve(code === 0 ? undefined : `${signal ?? code}`));
  const problem = await promise;
  if (problem !== undefined)
    log(`the portal and the console could not be built (${problem}): what was built before is served, if anything`);
}
