// The code samples of the documentation, run as they stand by the languages that this machine has.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { signRequest } from '@portico/mesh/access/sign-request';
import { codeSamples, LANGUAGES } from '@portico/mesh/docs/samples/code-samples';
import type { ExampleRequest } from '@portico/mesh/docs/samples/example-request';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lacking, runSample } from '../../stack/run-sample.ts';
import { type Stack, startStack } from '../../stack/start-stack.ts';

type Operation = { operationId: string; 'x-codeSamples': { lang: string; source: string }[] };

const CREDENTIALS = { PORTICO_KEY: 'ak_test_x', PORTICO_SECRET: 'sk_x$' };
/** Whatever a language could take for something else in a text. */
const AWKWARD = '\'"\\ #{1 + 1} \u0024{HOME} $HOME `x` \\n é 日本 </script> %s';
const AWKWARD_REQUEST: ExampleRequest = {
  ...{ operationId: 'awkward', tag: 'Tests', summary: '', description: undefined, method: 'PATCH', path: '/things/{thing}' },
  params: { thing: "a'b c#d" },
  query: { q: `"${AWKWARD}"` },
  body: {
    kind: 'json',
    value: { [AWKWARD]: [AWKWARD, null, true, false, 0.1, -3, [], {}], nested: { empty: {} } },
  },
  proof: 'key',
  once: true,
};

describe.each(LANGUAGES)('samples in $label', ({ lang }) => {
  const without = lacking(lang);
  const needs = without.length === 0 ? '' : ` (needs ${without.join(', ')})`;
  let stack: Stack;
  let operations: Operation[];
  beforeAll(async () => {
    stack = await startStack({ topology: 'all-in-one', shared: true });
    const { paths } = (await (await fetch(`${stack.url}/api/v1/openapi.json`)).json()) as {
      paths: Record<string, Record<string, Operation>>;
    };
    operations = Object.values(paths).flatMap((item) => Object.values(item).filter(({ operationId }) => operationId !== undefined));
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());
  const sampleOf = (operationId: string): string =>
    operations.find((operation) => operation.operationId === operationId)?.['x-codeSamples'].find((sample) => sample.lang === lang)
      ?.source ?? '';

  it('are there for every operation of the OpenAPI document', () => {
    expect(operations.length).toBeGreaterThan(50);
    for (const { operationId } of operations)
      expect([operationId, sampleOf(operationId)]).toEqual([operationId, expect.stringMatching(/./)]);
  });

  it.skipIf(without.length > 0)(`read and write as they stand${needs}`, async () => {
    const { key, secret } = await stack.key();
    const { clientId, clientSecret } = await stack.client({ scopes: ['orders:read'] });
    const env = {
      ...{ PORTICO_URL: stack.url, PORTICO_KEY: key, PORTICO_SECRET: secret },
      ...{ PORTICO_CLIENT_ID: clientId, PORTICO_CLIENT_SECRET: clientSecret },
    };
    const printed = async (operationId: string): Promise<unknown> =>
      JSON.parse(/\{.*\}/s.exec(await runSample(lang, sampleOf(operationId), env))?.[0] ?? 'null');
    expect(await printed('createCustomer')).toMatchObject({ data: { id: expect.stringMatching(/^cust_/), name: 'Ada Lovelace' } });
    expect(await printed('listCustomers')).toMatchObject({ data: [{ name: 'Ada Lovelace' }], pagination: { total: 1 } });
    expect(await printed('search')).toMatchObject({ data: { customers: { total: 0 } } });
    expect(await printed('getOrder')).toMatchObject({ error: { code: 'NOT_FOUND' } });
    expect(await printed('issueToken')).toMatchObject({ token_type: 'Bearer', scope: 'orders:read' });
    expect(await printed('getHealth')).toMatchObject({ status: 'up' });
  });

  it.skipIf(without.length > 0)(`send what they say and sign what they send${needs}`, async () => {
    const arrived = Promise.withResolvers<{ target: string; headers: NodeJS.Dict<string | string[]>; body: Buffer }>();
    const server = createServer(async (request, response) => {
      arrived.resolve({ target: `${request.method} ${request.url}`, headers: request.headers, body: await buffer(request) });
      response.end('{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { source } = codeSamples(AWKWARD_REQUEST).find((sample) => sample.lang === lang) ?? { source: '' };
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await runSample(lang, source, { PORTICO_URL: url, ...CREDENTIALS }).finally(() => server.close());
    const { target, headers, body } = await arrived.promise;
    expect(target).toMatch(/^PATCH \/things\/a'b%20c%23d\?q=/);
    expect(new URL(target.slice('PATCH '.length), url).searchParams.get('q')).toBe(`"${AWKWARD}"`);
    expect(JSON.parse(body.toString())).toEqual(AWKWARD_REQUEST.body?.kind === 'json' ? AWKWARD_REQUEST.body.value : undefined);
    const signed = signRequest({
      ...{ method: 'PATCH', target: target.slice('PATCH '.length), body, scheme: 'v2' },
      ...{ key: CREDENTIALS.PORTICO_KEY, secret: CREDENTIALS.PORTICO_SECRET, nowMs: Number(headers['x-timestamp']) * 1_000 },
    });
    for (const [name, value] of Object.entries(signed)) expect([name, headers[name.toLowerCase()]]).toEqual([name, value]);
    expect(headers['content-type']).toBe('application/json');
    expect(String(headers['idempotency-key'])).toMatch(/^[\da-f-]{32,36}$/);
  });
});
