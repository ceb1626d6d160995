// DESIGN of the folders: imports point one way. Read from the sources themselves, so that a wrong import fails here and not in a review.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

type Import = { file: string; specifier: string; typeOnly: boolean };

/** Which of our packages a folder may import. `start` means the programs themselves, which only what runs them may see. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'infra/contracts': [],
  'infra/service-kit': ['contracts'],
  'infra/integration-client': ['contracts', 'service-kit'],
  'infra/sandbox-provider': ['contracts', 'service-kit'],
  'subgraphs/orders': ['contracts', 'service-kit'],
  'subgraphs/products': ['contracts', 'service-kit'],
  'subgraphs/customers': ['contracts', 'service-kit'],
  'subgraphs/inventory': ['contracts', 'service-kit'],
  'subgraphs/payments': ['contracts', 'service-kit', 'integration-client'],
  'mesh/graph-handler': [],
  'mesh/sdk': [],
  mesh: ['contracts', 'service-kit'],
  'admin/server': ['contracts', 'service-kit'],
  'admin/ui': ['contracts'],
  'admin/portal': ['contracts', 'ui'],
  'admin/console': ['contracts', 'ui'],
  'webhook-relay': ['contracts', 'service-kit', 'integration-client'],
};
const SEES_PROGRAMS = ['infra/local', 'test'];
/** Pages know the server by the types of its procedures, of which nothing is left in a browser. */
const SEES_SERVER_TYPES = ['admin/ui', 'admin/portal', 'admin/console'];
/** Packages besides ours that only one place may know. */
const CONTRACTS_DEPENDENCIES = ['zod', 'typeid-js', 'iso-3166'];

const sources = globSync('{admin,infra,mesh,subgraphs,test,webhook-relay}/**/*.{ts,tsx,mjs}', {
  cwd: root,
  exclude: (name) => /node_modules|dist/.test(name),
});

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found = text.matchAll(
    /^\s*(?:import|export)\s+(type\s)?[^'"`;]*?from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|^import\s+['"]([^'"]+)['"]/gm,
  );
  return [...found].map((match) => ({ file, typeOnly: match[1] !== undefined, specifier: match[2] ?? match[3] ?? match[4] ?? '' }));
}

function folderOf(file: string): string {
  const folders = [...Object.keys(ALLOWED), ...SEES_PROGRAMS, 'infra/bin'].sort((a, b) => b.length - a.length);
  return folders.find((folder) => file.startsWith(`${folder}/`)) ?? file;
}

const imports = sources.flatMap(importsOf);

describe('imports', () => {
  it('are found at all', () => {
    expect(imports.length).toBeGreaterThan(200);
  });

  it('between our packages point one way', () => {
    const wrong = imports.filter(({ file, specifier, typeOnly }) => {
      const folder = folderOf(file);
      if (typeOnly && SEES_SERVER_TYPES.includes(folder) && specifier.startsWith('@portico/admin-server/')) return false;
      const target = /^@portico\/([^/]+)/.exec(specifier)?.[1];
      // Tests inside a package may use the suite's own database; nothing else may.
      if (target === undefined || SEES_PROGRAMS.includes(folder)) return false;
      const own = folder.split('/').at(-1)?.replace('server', 'admin-server') ?? '';
      return target !== own && !(ALLOWED[folder] ?? []).includes(target);
    });
    expect(wrong).toEqual([]);
  });

  it('never leave a package by a relative path', () => {
    const wrong = imports.filter(({ file, specifier }) => {
      if (!specifier.startsWith('.')) return false;
      return folderOf(relative(root, join(root, dirname(file), specifier))) !== folderOf(file);
    });
    expect(wrong).toEqual([]);
  });

  it('of pages stay within a feature: what two of them need is in `admin/ui` or beside the features', () => {
    const feature = (file: string): string | undefined => /^admin\/(?:portal|console)\/src\/([^/]+)\//.exec(file)?.[1];
    const wrong = imports.filter(({ file, specifier }) => {
      if (feature(file) === undefined || !specifier.startsWith('.')) return false;
      const target = feature(join(dirname(file), specifier));
      return target !== undefined && target !== feature(file) && target !== 'shared';
    });
    expect(wrong).toEqual([]);
  });

  it('keep the contracts package to words', () => {
    const foreign = imports.filter(
      ({ file, specifier }) =>
        file.startsWith('infra/contracts/') &&
        !file.endsWith('.test.ts') &&
        !/^(?:\.|node:)/.test(specifier) &&
        !CONTRACTS_DEPENDENCIES.includes(specifier),
    );
    expect(foreign).toEqual([]);
  });

  it('leave HTTP to the edge: a subgraph knows no status code', () => {
    const wrong = sources.filter(
      (file) => file.startsWith('subgraphs/') && /node:http|\bstatusCode\b/.test(readFileSync(join(root, file), 'utf8')),
    );
    expect(wrong).toEqual([]);
  });

  it('reach the environment only where programs start', () => {
    const wrong = sources.filter(
      (file) =>
        !/(?:main|cli|testing|run|generate|build|bench)\.ts$|\.test\.ts$|infra\/bin|^infra\/deploy\/health-check|^webhook-relay\/samples\/|^test\//.test(
          file,
        ) && /process\.env/.test(readFileSync(join(root, file), 'utf8')),
    );
    expect(wrong.filter((file) => !file.startsWith('infra/local/'))).toEqual([]);
  });
});
