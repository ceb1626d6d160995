// Where a declaration is: at the path that was given, or wherever in the programs its name is declared. Declarations have no folder of their
// own: each stands in the program that calls it, as a value, or as a function `declare…` of its address where that is a setting.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Provider } from '@portico/integration-client/define-provider';

export type FoundDeclaration = { readonly file: string; readonly provider: Provider };

const SOURCES = '{admin,infra,mesh,subgraphs,webhook-relay}/**/src/**/*.ts';

/** Every provider of the file, or the one of this name; empty when there is none. Runs the file. */
export async function findDeclarations(nameOrPath: string, root: string): Promise<FoundDeclaration[]> {
  const path = resolve(root, nameOrPath);
  const isPath = nameOrPath.endsWith('.ts') && existsSync(path);
  const files = isPath ? [path] : filesDeclaring(nameOrPath, root);
  const found = await Promise.all(files.map(declarationsIn));
  return found.flat().filter(({ provider }) => isPath || provider.name === nameOrPath);
}

function filesDeclaring(name: string, root: string): string[] {
  const files = globSync(SOURCES, { cwd: root, exclude: (path) => /node_modules|\.test\.ts$/.test(path) });
  const isDeclared = new RegExp(`\\bdefineProvider\\(\\s*['"]${name.replace(/[^\w-]/g, '')}['"]`);
  return files.map((file) => join(root, file)).filter((file) => isDeclared.test(readFileSync(file, 'utf8')));
}

async function declarationsIn(file: string): Promise<FoundDeclaration[]> {
  const exported: object = await import(pathToFileURL(file).href);
  return Object.values(exported).flatMap((value: unknown) => {
    const provider: unknown = typeof value === 'function' && /^declare[A-Z]/.test(value.name) ? value(SOME_ADDRESS) : value;
    return isProvider(provider) ? [{ file, provider }] : [];
  });
}

/** Nothing is sent there. */
const SOME_ADDRESS = 'https://provider.example';

function isProvider(value: unknown): value is Provider {
  return typeof value === 'object' && value !== null && ['name', 'baseUrl', 'operations'].every((field) => Object.hasOwn(value, field));
}
