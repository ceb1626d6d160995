import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseJson } from '@portico/service-kit/parse-json';
import { type Command, type Given, UsageError } from '../../cli/command.ts';
import { type DescribedProvider, UnreadableSource } from '../../providers/described-provider.ts';
import { readCurl } from '../../providers/read-curl.ts';
import { readOpenapi } from '../../providers/read-openapi.ts';
import { writeDeclaration } from '../../providers/write-declaration.ts';

/** A declaration is to be read at a glance: no more than 25 lines with its imports. */
const OPERATIONS_MAX = 13;
/** Far more than any API has; what goes through a document goes down level by level. */
const LEVELS_MAX = 200;

export const providersAdd: Command = {
  name: 'providers add',
  about:
    "Writes the declaration of somebody else's API for the integration client: from its OpenAPI document, or from a curl command that worked.",
  words: ['source'],
  options: {
    name: { value: 'word', about: 'How logs, metrics and secrets call it, as acme-pay; the host by default' },
    out: { value: 'folder', about: 'Where the files go: into the program that calls it', default: '.' },
    operations: { value: 'list', about: `Which operations, separated by commas; at most ${OPERATIONS_MAX}` },
    sample: { value: 'file', about: 'With curl: the JSON that came back' },
    force: { about: 'Writes over files that are there' },
  },
  async run(given, io) {
    const described = choose(await readSource(given), given.text('operations'));
    const name = nameOf(given, described);
    const { declaration, schemas, fixtures } = writeDeclaration(name, described);
    const folder = given.text('out') ?? '.';
    const files = {
      [`${name}.ts`]: declaration,
      [`${name}.schemas.ts`]: schemas,
      ...(fixtures && { [`${name}.fixtures.json`]: fixtures }),
    };
    const present = Object.keys(files).find((file) => existsSync(join(folder, file)));
    if (present !== undefined && !given.isSet('force'))
      throw new UsageError(`${join(folder, present)} is there already; --force writes over it.`);
    await mkdir(folder, { recursive: true });
    for (const [file, text] of Object.entries(files)) {
      await writeFile(join(folder, file), text);
      io.out(join(folder, file));
    }
    for (const { name: operation, method, idempotencyHeader } of described.operations) {
      if (idempotencyHeader !== undefined || !['post', 'patch'].includes(method)) continue;
      io.err(`${operation} has no idempotency key: it is sent once, and its outcome may stay unknown. Declare the header if there is one.`);
    }
    io.err(`Next: npm run portico -- providers check ${join(folder, `${name}.ts`)}`);
    return 0;
  },
};

async function readSource(given: Given): Promise<DescribedProvider> {
  const source = given.word(0);
  try {
    if (/^\s*curl\s/.test(source)) return readCurl(source, await readJson(given.text('sample')));
    return readOpenapi(await readJson(source));
  } catch (error) {
    if (error instanceof UnreadableSource) throw new UsageError(error.message);
    throw error;
  }
}

async function readJson(file: string | undefined): Promise<unknown> {
  if (file === undefined) return undefined;
  const text = await readFile(file, 'utf8').catch(() => {
    throw new UsageError(`${file} cannot be read.`);
  });
  const value = parseJson(text);
  if (value === undefined) throw new UsageError(`${file} is no JSON.`);
  if (isDeeperThan(LEVELS_MAX, value)) throw new UsageError(`${file} is nested deeper than ${LEVELS_MAX} levels.`);
  return value;
}

function isDeeperThan(levels: number, value: unknown): boolean {
  let level = [value];
  for (let at = 0; at < levels && level.length > 0; at += 1) {
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  }
  return level.length > 0;
}

function choose(described: DescribedProvider, list: string | undefined): DescribedProvider {
  const wanted = list?.split(',').map((name) => name.trim());
  const names = described.operations.map(({ name }) => name);
  const unknown = wanted?.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new UsageError(`There is no operation ${unknown}; there are ${names.join(', ')}.`);
  const operations = wanted === undefined ? described.operations : described.operations.filter(({ name }) => wanted.includes(name));
  if (operations.length === 0) throw new UsageError('The source has no operations.');
  if (operations.length > OPERATIONS_MAX) {
    throw new UsageError(
      `There are ${operations.length} operations: choose those that are called with --operations. They are ${names.join(', ')}.`,
    );
  }
  return { ...described, operations };
}

function nameOf(given: Given, { baseUrl }: DescribedProvider): string {
  const parts = new URL(baseUrl).hostname.split('.');
  const name = given.text('name') ?? parts.at(-2) ?? parts[0] ?? '';
  if (!/^[a-z][a-z0-9-]{0,63}$/.test(name)) throw new UsageError('--name takes lower-case letters, digits and "-", as acme-pay.');
  return name;
}
