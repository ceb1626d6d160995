import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { OPENAPI, openWorkshop, PERSON, run } from './providers-testing.ts';

const workshop = openWorkshop();
const { folder, write, read } = workshop;
afterAll(() => workshop[Symbol.dispose]());

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

  it('reads options that curl takes together, and joins data that is given twice', async () => {
    const command = `curl -sSXPUT -d'{"a":' --data '1}' -H'X-API-Key: canary-key' https://api.joined.example/v1/things/4711`;
    expect(await run('add', command.replace(`'{"a":' --data '1}'`, `'{"a":1}'`), '--out', folder)).toMatchObject({ code: 0 });
    expect(read('joined.ts')).toContain("putThings: op.put('/things/{thingId}', { params: PutThingsParams, body: PutThingsBody })");
    expect(read('joined.ts')).toContain("apiKey({ header: 'X-API-Key'");
    // As curl does: with an ampersand between them, which is no JSON any more.
    expect(await run('add', command, '--out', folder, '--force')).toMatchObject({ code: 2, err: expect.stringContaining('no JSON') });
  });

  it('writes what the compiler accepts', async () => {
    expect(await workshop.compile()).toBe('');
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
    const { code, out } = await run('check', write('broken.ts', text));
    expect(code).toBe(1);
    expect(out).toContain('getOrders, an answer that breaks the schema: it declares no `response`');
  });

  it('finds a provider by its name in the program that declares it, and says when there is none', async () => {
    expect(await run('check', 'parcel-tracking')).toMatchObject({ code: 0, out: expect.stringContaining('0 failed') });
    for (const name of ['sandbox', 'stripe']) {
      expect(await run('check', name)).toMatchObject({ code: 0, out: expect.stringContaining('0 failed') });
    }
    expect(await run('check', 'no-such-provider')).toMatchObject({ code: 2 });
  });
});
