import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ERRORS } from '@portico/contracts/errors';
import { describe, expect, it } from 'vitest';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const documents = globSync('{*.md,{admin,infra,mesh,subgraphs,test,webhook-relay}/**/*.md}', {
  cwd: root,
  exclude: (name) => /node_modules/.test(name),
});
const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');

describe('the documents', () => {
  it.each(documents)('%s links only to what is there, and calls a file by the path that it has', (file) => {
    const text = textOf(file).replace(/```[\s\S]*?```/g, '');
    const links = [...text.matchAll(/\[([^\]]*)\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
      .map(([, label = '', target = '']) => ({ label: label.replaceAll('`', ''), target }))
      .filter(({ target }) => !/^[a-z]+:/.test(target));
    expect(links.filter(({ target }) => !existsSync(join(root, dirname(file), target)))).toEqual([]);
    const named = links.filter(({ label }) => /^[\w./-]+\.(?:ts|mjs|md|graphql|json)$/.test(label));
    expect(named.filter(({ label, target }) => !join(dirname(file), target).endsWith(label))).toEqual([]);
  });

  it.each(documents)('%s names only scripts that exist', (file) => {
    const { scripts } = JSON.parse(textOf('package.json'));
    const named = [...textOf(file).matchAll(/npm (?:run )?(start|test|[a-z]+)(?= --|`|$|\s)/gm)].map((match) => match[1] ?? '');
    const builtIn = ['install', 'run', 'view', 'ci', 'registry', 'and', 'packages', 'itself', 'needs', 'reaches', 'is', 'only', 'can'];
    expect(named.filter((name) => !(name in scripts) && !builtIn.includes(name))).toEqual([]);
  });

  it('give every dependency its line, and no dependency that is gone', () => {
    const workspace = textOf('pnpm-workspace.yaml');
    const catalogue = /^catalog:\n((?: {2}.*\n)+)/m.exec(workspace)?.[1] ?? '';
    const names = [...catalogue.matchAll(/^ {2}'?([^':\s]+(?:\/[^':\s]+)?)'?:/gm)].map((match) => match[1] ?? '');
    expect(names.length).toBeGreaterThan(20);
    const described = [...textOf('DEPENDENCIES.md').matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1] ?? '');
    expect([...described].sort()).toEqual([...names].sort());
  });

  it('describe every error code of the catalogue, and no other', () => {
    const described = [...textOf('mesh/ERRORS.md').matchAll(/^## `([A-Z_]+)`/gm)].map((match) => match[1] ?? '');
    expect([...described].sort()).toEqual(Object.keys(ERRORS).sort());
  });

  it('name for each risk of the OWASP API Security Top 10 (2023) a defence and the test that proves it', () => {
    const rows = textOf('mesh/SECURITY.md')
      .split('\n')
      .filter((line) => /^\| \*\*API/.test(line));
    expect(rows.map((row) => Number(/^\| \*\*API(\d+)\*\* [A-Z]/.exec(row)?.[1]))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    for (const row of rows) {
      const [, , defence = '', tests = ''] = row
        .split(' | ')
        .map((cell) => cell.trim())
        .toSpliced(0, 0, '');
      expect(defence.length).toBeGreaterThan(40);
      expect(tests).toMatch(/\]\([^)]+\.test\.ts\)/);
    }
  });

  it('show the declarations of the guide to providers as they are tested', () => {
    const folder = 'infra/integration-client';
    const shown = [...textOf(`${folder}/GUIDE.md`).matchAll(/<!-- (src\/guide\/[\w-]+\.ts) -->\n```ts\n([\s\S]*?)```/g)];
    expect(shown.map(([, file]) => file).sort()).toEqual(globSync('src/guide/*.ts', { cwd: join(root, folder) }).sort());
    for (const [, file = '', text = ''] of shown) {
      // As who uses the package imports it.
      expect(text.replaceAll(/'@portico\/integration-client\/([^']+)'/g, "'../$1.ts'")).toBe(textOf(`${folder}/${file}`));
    }
  });

  it('record an ADR for every number only once, under the title that the index has', () => {
    const decisions = globSync('infra/decisions/[0-9]*.md', { cwd: root }).sort();
    const titled = decisions.map((file, i) => {
      const [, number, title] = /^# (\d+)\. (.+)\n/.exec(textOf(file)) ?? [];
      expect(`${number?.padStart(4, '0')}-`).toBe(basename(file).slice(0, 5));
      expect(Number(number)).toBe(i + 1);
      return `| ${number} | [${title}](${basename(file)}) |`;
    });
    const listed = textOf('infra/decisions/README.md')
      .split('\n')
      .filter((line) => /^\| \d/.test(line));
    expect(listed).toEqual(titled);
  });
});
