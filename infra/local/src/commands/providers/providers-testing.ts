// For tests of these commands: a folder inside the package, so that what is generated finds what it imports, and a document to begin with.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { CommandIo } from '../../cli/command.ts';
import { runCli } from '../../cli/run-cli.ts';
import { providersAdd } from './providers-add.ts';
import { providersCheck } from './providers-check.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../../../..');

type Workshop = Disposable & {
  readonly folder: string;
  /** Writes a value as JSON, or a text as it is; answers the path. */
  write(file: string, value: unknown): string;
  read(file: string): string;
  /** What the compiler says of everything in the folder. */
  compile(): Promise<string>;
};

export function openWorkshop(): Workshop {
  const data = join(root, 'infra/local/.data');
  mkdirSync(data, { recursive: true });
  const folder = mkdtempSync(join(data, 'providers-'));
  const tsconfig = { extends: join(root, 'tsconfig.json'), include: [join(folder, '**/*.ts')] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
  return {
    folder,
    write(file, value) {
      writeFileSync(join(folder, file), typeof value === 'string' ? value : JSON.stringify(value));
      return join(folder, file);
    },
    read: (file) => readFileSync(join(folder, file), 'utf8'),
    async compile() {
      const tsc = promisify(execFile)(join(root, 'node_modules/.bin/tsc'), ['-p', folder]);
      return (await tsc.catch((error: unknown) => ({ stdout: Object(error).stdout as string }))).stdout;
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

/** `npm run portico -- providers …` */
export async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: [] as string[], err: [] as string[] };
  const io: CommandIo = {
    env: {},
    out: (text) => void said.out.push(text),
    err: (text) => void said.err.push(text),
    readInput: async () => Buffer.alloc(0),
    now: () => new Date(),
  };
  const code = await runCli([providersAdd, providersCheck], ['providers', ...args], io);
  return { code, out: said.out.join('\n'), err: said.err.join('\n') };
}

export const PERSON = 'jane.roe@personal.example';

export const OPENAPI = {
  openapi: '3.1.0',
  servers: [{ url: 'https://api.acme.example/v2/' }],
  paths: {
    '/payments/{id}': {
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
      get: {
        operationId: 'payments.get',
        parameters: [{ $ref: '#/components/parameters/Expand' }],
        responses: {
          200: {
            description: 'ok',
            content: {
              'application/json': {
                schema: { $ref: '#/components/schemas/Payment' },
                example: { id: 'p_1', amount: 5, status: 'paid', email: PERSON, parent: null, tags: ['a'] },
              },
            },
          },
        },
      },
      delete: { responses: { 204: { description: 'gone' } } },
    },
    '/payments': {
      post: {
        operationId: 'create-payment',
        parameters: [{ name: 'Idempotency-Key', in: 'header', schema: { type: 'string' } }],
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/NewPayment' } } } },
        responses: { 201: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Payment' } } } } },
      },
    },
    '/notes': {
      post: {
        operationId: '2notes',
        requestBody: {
          content: { 'application/json': { schema: { type: 'object', required: ['text'], properties: { text: { type: 'string' } } } } },
        },
        responses: { '2XX': { content: { 'application/problem+json': { schema: { oneOf: [{ type: 'string' }, { type: 'integer' }] } } } } },
      },
    },
  },
  components: {
    parameters: { Expand: { name: 'expand[]', in: 'query', schema: { type: 'array', items: { enum: ['items'] } } } },
    securitySchemes: {
      app: {
        type: 'oauth2',
        flows: { clientCredentials: { tokenUrl: 'https://id.acme.example/token', scopes: { 'payments:write': '' } } },
      },
    },
    schemas: {
      NewPayment: {
        type: 'object',
        required: ['amount'],
        properties: { amount: { type: 'integer', minimum: 1 }, email: { type: 'string', format: 'email' } },
      },
      Payment: {
        allOf: [
          { $ref: '#/components/schemas/NewPayment' },
          {
            type: 'object',
            required: ['id'],
            properties: {
              id: { type: 'string', pattern: '^p_' },
              status: { type: 'string', enum: ['new', 'paid'] },
              parent: { type: ['string', 'null'] },
              children: { type: 'array', items: { $ref: '#/components/schemas/Payment' } },
            },
          },
        ],
      },
    },
  },
};
