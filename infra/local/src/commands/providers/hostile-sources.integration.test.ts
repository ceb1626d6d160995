// What somebody else's document or command may hold becomes source text that `providers check` runs.
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { OPENAPI, openWorkshop, run } from './providers-testing.ts';

const workshop = openWorkshop();
const { folder, write, read } = workshop;
afterAll(() => workshop[Symbol.dispose]());

describe('providers add, of a hostile source', () => {
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

  it('writes no word of a document as code, wherever a number, a list or a name is meant', async () => {
    const code = '0); globalThis.injected = true; z.int().min(0';
    const schema = {
      type: 'object',
      required: code,
      properties: {
        __proto__: { type: 'string' },
        number: { type: 'integer', minimum: code, maximum: null, exclusiveMaximum: code },
        text: { type: 'string', minLength: code, maxLength: { [code]: 1 }, pattern: 7, format: 'toString' },
        list: { type: 'array', minItems: code, items: code },
        choice: { enum: code },
        several: { type: ['string', 'integer', 'null'], anyOf: code, allOf: code, oneOf: 3 },
        fixed: { const: { a: 1 } },
        none: { enum: [null] },
        lost: { $ref: `#/components/schemas/${code}` },
        other: { $ref: 5 },
        twins: { type: 'array', items: { oneOf: ['a-b', 'a_b', '支払い'].map((name) => ({ $ref: `#/components/schemas/${name}` })) } },
      },
    };
    const hostile = JSON.parse(JSON.stringify(schema).replace('"number"', '"__proto__":{"type":"string"},"number"'));
    const paths = {
      '/things/{thing-id}/parts/{part}': {
        get: {
          operationId: 'getPart',
          parameters: [
            { name: 'thing-id', in: 'path', required: true, schema: { type: 'string', maxLength: code } },
            { name: 'X-Tenant', in: 'header', required: true },
            { name: 'Authorization', in: 'header', required: true },
            { name: 'X-Note', in: 'header' },
          ],
          responses: { 200: { content: { 'application/json': { schema: hostile } } } },
        },
        post: {
          operationId: 'first-post',
          requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Lost' } } } },
          parameters: [{ name: 'Idempotency-Key', in: 'header' }],
        },
        patch: { operationId: 'second', parameters: [{ name: 'X-Idempotency-Token', in: 'header', required: true }] },
      },
      '/elsewhere': { $ref: '#/paths/~1things~1{thing-id}~1parts~1{part}/nothing' },
    };
    const twins = { 'a-b': { type: 'string' }, a_b: { type: 'integer' }, 支払い: { $ref: '#/components/schemas/a-b' } };
    const { '/elsewhere': _, ...found } = paths;
    const source = {
      ...OPENAPI,
      paths: found,
      components: { schemas: twins },
      servers: [{ url: 'https://{region}.acme.example', variables: { region: { default: 'eu' } } }],
    };
    expect(await run('add', write('code.json', source), '--name', 'while', '--out', folder)).toMatchObject({ code: 0 });
    expect(read('while.ts') + read('while.schemas.ts')).not.toContain('injected');
    expect(read('while.ts')).toContain(
      "getPart: op.get('/things/{thingId}/parts/{part}', { params: GetPartParams, headers: GetPartHeaders, response: GetPartAnswer })",
    );
    expect(read('while.ts')).toContain("baseUrl: 'https://eu.acme.example'");
    expect(read('while.ts')).toContain("second: op.patch('/things/{thingId}/parts/{part}'");
    expect(read('while.ts')).toContain("idempotency: { header: 'X-Idempotency-Token', livesMs: 86_400_000 }");
    expect(read('while.schemas.ts')).toContain('several: z.union([z.string(), z.int()]).nullable()');
    expect(read('while.schemas.ts')).toContain('twins: z.array(z.union([AB, AB_, Call]))');
    expect((await run('check', join(folder, 'while.ts'))).out).toContain('getPart');
    expect(globalThis).not.toHaveProperty('injected');
    const away = await run('add', write('code.json', { ...source, paths }), '--name', 'away', '--out', folder);
    expect(away).toMatchObject({ code: 2, err: expect.stringContaining('There is nothing at') });
  });

  it('writes what the compiler accepts', async () => {
    expect(await workshop.compile()).toBe('');
  }, 120_000);

  it('says what it cannot read', async () => {
    const refusals: readonly [source: string, why: string][] = [
      ['curl -sF file=@secret https://a.example/b', 'The option -F is not understood'],
      ['curl --oauth2-bearer canary https://a.example/b', 'The option --oauth2-bearer is not understood'],
      ['curl https://me:word@a.example/b', 'has a name or a password in it'],
      ['curl file:///etc/passwd', 'must be a whole address'],
      ['curl -X', '-X has no value'],
      [write('no-host.json', { ...OPENAPI, servers: [{ url: 'https://' }] }), 'must be a whole address'],
      [write('region.json', { ...OPENAPI, servers: [{ url: 'https://{region}.a.example' }] }), 'must be a whole address'],
      [write('user.json', { ...OPENAPI, servers: [{ url: 'https://me:word@a.example' }] }), 'has a name or a password in it'],
      [write('circle.json', { ...OPENAPI, paths: { '/a': { get: { $ref: '#/paths/~1a/get' } } } }), 'leads back to itself'],
      [write('parameter.json', { ...OPENAPI, paths: { '/a': { get: { parameters: [7] } } } }), 'GET /a'],
      [write('scheme.json', { ...OPENAPI, components: { securitySchemes: { app: 'x' } } }), 'The security scheme app'],
      [write('deep.json', '['.repeat(100_000) + ']'.repeat(100_000)), 'nested deeper than 200 levels'],
    ];
    for (const [source, why] of refusals) {
      const { code, err } = await run('add', source);
      expect([code, err]).toEqual([2, expect.stringContaining(why)]);
    }
  });
});
