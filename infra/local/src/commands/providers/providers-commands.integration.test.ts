import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandIo } from '../../cli/command.ts';
import { runCli } from '../../cli/run-cli.ts';
import { providersAdd } from './providers-add.ts';
import { providersCheck } from './providers-check.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../../../..');
const PERSON = 'jane.roe@personal.example';

const OPENAPI = {
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

let folder = '';
beforeAll(() => {
  // Inside the package, so that what is generated finds what it imports.
  const data = join(root, 'infra/local/.data');
  mkdirSync(data, { recursive: true });
  folder = mkdtempSync(join(data, 'providers-'));
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: join(root, 'tsconfig.json'), include: [join(folder, '**/*.ts')] }),
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
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

function write(file: string, value: unknown): string {
  writeFileSync(join(folder, file), JSON.stringify(value));
  return join(folder, file);
}
const read = (file: string): string => readFileSync(join(folder, file), 'utf8');

describe('providers add', () => {
  it('makes of an OpenAPI document a declaration of 25 lines at most that compiles and stands every fault', async () => {
    const added = await run('add', write('openapi.json', OPENAPI), '--name', 'acme-pay', '--out', folder);
    expect(added).toMatchObject({ code: 0, err: expect.stringContaining('_2notes has no idempotency key') });
    const declaration = read('acme-pay.ts');
    expect(declaration.trim().split('\n').length).toBeLessThanOrEqual(25);
    expect(declaration).toContain("oauth2.clientCredentials({ tokenUrl: 'https://id.acme.example/token'");
    expect(declaration).toContain(
      "paymentsGet: op.get('/payments/{id}', { params: PaymentsGetParams, query: PaymentsGetQuery, response: Payment })",
    );
    expect(read('acme-pay.schemas.ts')).toContain('email: pii(z.email()).optional()');
    expect(read('acme-pay.fixtures.json')).not.toContain(PERSON);
    const checked = await run('check', join(folder, 'acme-pay.ts'));
    // A delete has no answer, a payment may hold itself: all of it is tried.
    expect(checked.out).toMatch(/0 failed/);
    expect(checked.code).toBe(0);
  });

  it('makes of a curl command and the answer that it gave one operation, without the key that was in it', async () => {
    const answer = { id: 4711, holder: { email: PERSON, lastName: 'Roe' }, items: [{ sku: 'a', price: 1.5 }] };
    const command = `curl -sS 'https://api.shop.example/v1/orders/4711?page=2' \\\n  -H "X-API-Key: canary-key" -H 'Accept: application/json' --max-time 5`;
    const added = await run('add', command, '--sample', write('answer.json', answer), '--out', folder);
    expect(added.code).toBe(0);
    const all = ['shop.ts', 'shop.schemas.ts', 'shop.fixtures.json'].map(read).join('\n');
    expect(all).not.toMatch(/canary|jane|Roe/);
    expect(all).toContain("apiKey({ header: 'X-API-Key', secret: secret('shop/api-key') })");
    expect(all).toContain("getOrders: op.get('/orders/{orderId}'");
    expect(await run('check', join(folder, 'shop.ts'))).toMatchObject({ code: 0 });
  });

  it('writes names that no document can turn into something else', async () => {
    const path = "/a'); process.exit(1); ('";
    const payments = {
      get: {
        operationId: 'payment',
        responses: { 200: { content: { 'application/json': { schema: { type: 'string', pattern: "'`$(1)" } } } } },
      },
    };
    const schemas = { PaymentAnswer: { type: 'object', properties: { "it's": { type: 'string' } } } };
    const put = {
      operationId: 'put',
      requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/PaymentAnswer' } } } },
    };
    const source = write('hostile.json', { ...OPENAPI, paths: { [path]: payments, '/put': { put } }, components: { schemas } });
    expect(await run('add', source, '--name', 'delete', '--out', folder)).toMatchObject({ code: 0 });
    // Its path is refused when it is checked, as text; and the compiler reads the file below.
    expect((await run('check', join(folder, 'delete.ts'))).err).toContain('delete.payment.path');
  });

  it('writes what the compiler accepts', async () => {
    const tsc = join(root, 'node_modules/.bin/tsc');
    const { stdout } = await promisify(execFile)(tsc, ['-p', folder]).catch((error: unknown) => ({
      stdout: Object(error).stdout as string,
    }));
    expect(stdout).toBe('');
  }, 120_000);

  it('says what it cannot read, and writes over nothing', async () => {
    const many = Object.fromEntries(Array.from({ length: 14 }, (_, index) => [`/p${index}`, { get: { operationId: `get${index}` } }]));
    const openapi = write('openapi.json', OPENAPI);
    const refusals: readonly [args: string[], why: string][] = [
      [[openapi, '--name', 'acme-pay', '--out', folder], 'is there already'],
      [[openapi, '--name', 'Acme Pay', '--out', folder], '--name takes'],
      [[openapi, '--operations', 'paymentsGet,nothing'], 'There is no operation nothing; there are paymentsGet'],
      [[write('many.json', { ...OPENAPI, paths: many }), '--name', 'many', '--out', folder], 'There are 14 operations: choose'],
      [[write('swagger.json', { swagger: '2.0' })], 'no OpenAPI document'],
      [[write('away.json', { ...OPENAPI, paths: { '/a': { get: { $ref: 'other.json#/a' } } } })], 'leaves the document'],
      [
        [write('twice.json', { ...OPENAPI, paths: { '/a': { get: { operationId: 'a-b' }, put: { operationId: 'a_b' } } } })],
        'would be called aB',
      ],
      [[join(folder, 'nothing.json')], 'cannot be read'],
      [['curl -u me:word https://a.example/b'], 'Basic authentication'],
      [['curl "https://a.example'], 'cannot be read from here'],
    ];
    for (const [args, why] of refusals) {
      const { code, err } = await run('add', ...args);
      expect([code, err]).toEqual([2, expect.stringContaining(why)]);
    }
  });
});

describe('providers check', () => {
  it('fails for a declaration that does not stand a fault, and says which', async () => {
    const text = read('shop.ts')
      .replace(/, response: \w+/, '')
      .replace(', GetOrdersAnswer', '')
      .replace('GetOrdersAnswer, ', '');
    writeFileSync(join(folder, 'broken.ts'), text);
    const { code, out } = await run('check', join(folder, 'broken.ts'));
    expect(code).toBe(1);
    expect(out).toContain('getOrders, an answer that breaks the schema: it declares no `response`');
  });

  it('finds a provider by its name in the program that declares it, and says when there is none', async () => {
    expect(await run('check', 'parcel-tracking')).toMatchObject({ code: 0, out: expect.stringContaining('0 failed') });
    expect(await run('check', 'no-such-provider')).toMatchObject({ code: 2 });
  });
});
