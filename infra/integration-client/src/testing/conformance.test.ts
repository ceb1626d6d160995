import { type } from 'arktype';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { apiKey, bearer, mtls, oauth2, signedJwt } from '../auth.ts';
import { defineProvider, op, type Provider, type ProviderSettings } from '../define-provider.ts';
import { fixedFlags } from '../flags.ts';
import { pii } from '../personal-data.ts';
import { secret } from '../secrets.ts';
import { conformance, FAULT_CASES } from './conformance.ts';
import { printReport } from './print-report.ts';

const Payment = z.object({
  id: z.uuid(),
  amount: z.int().min(1),
  email: pii(z.email()),
  items: z.array(z.object({ sku: z.string().min(3) })),
});
const ID = z.object({ id: z.string() });
const KEY = { header: 'Idempotency-Key', livesMs: 86_400_000 };

function providerWith(settings: Partial<ProviderSettings>, operations: Provider['operations'] = {}): Provider {
  return defineProvider('acme', { baseUrl: 'https://acme.example/v2', ...settings, operations });
}
const all: Provider['operations'] = {
  get: op.get('/payments/{id}', { params: ID, query: z.object({ expand: z.enum(['items']).optional() }), response: Payment }),
  hedged: op.get('/hedged/{id}', { params: ID, response: Payment, cache: { ttlMs: 1_000, staleMs: 0 }, hedge: { afterMs: 300 } }),
  head: op.head('/payments/{id}', { params: ID }),
  put: op.put('/payments/{id}', { params: ID, body: Payment, response: Payment, deadlineMs: 4_000, attemptTimeoutMs: 1_000 }),
  remove: op.delete('/payments/{id}', { params: ID, maxRetries: 1 }),
  pay: op.post('/payments', { body: Payment, response: Payment, idempotency: KEY, deadlineMs: 1_500 }),
  note: op.post('/notes', { body: z.object({ text: z.string() }), response: z.object({ id: z.string() }), idempotency: 'none' }),
};
const failures = async (provider: Provider, options?: Parameters<typeof conformance>[1]): Promise<string[]> =>
  (await conformance(provider, options)).cases.flatMap((one) =>
    one.outcome === 'failed' ? [`${one.operation}: ${one.name}: ${one.why}`] : [],
  );

describe('a consistent declaration', () => {
  const ways: readonly ProviderSettings['auth'][] = [
    undefined,
    apiKey({ query: 'key', secret: secret('key') }),
    bearer(secret('key')),
    signedJwt({ algorithm: 'ES256', key: secret('key'), issuer: 'us', audience: 'them', lifetimeMs: 60_000 }),
    mtls(secret('pair')),
    oauth2.clientCredentials({ tokenUrl: 'https://id.example/token', client: secret('client') }),
    oauth2.clientCredentials({ tokenUrl: 'https://id.example/token', client: secret('client'), authMethod: 'tls' }),
  ];
  it.each(ways.map((auth) => [auth?.kind ?? 'no', auth] as const))('stands every fault with %s authentication', async (_kind, auth) => {
    const operations = {
      get: op.get('/a', { response: Payment }),
      note: op.post('/a', { body: Payment, response: Payment, idempotency: 'none' }),
    };
    expect(await failures(providerWith({ auth }, operations))).toEqual([]);
  });

  it('is tried with more than twenty faults for every operation', async () => {
    const { cases, passed, failed } = await conformance(providerWith({}, all));
    expect(failed).toBe(0);
    expect(FAULT_CASES.length).toBeGreaterThanOrEqual(20);
    expect(cases).toHaveLength(FAULT_CASES.length * Object.keys(all).length);
    expect(passed).toBeGreaterThan(130);
  });
});

it('looks into schemas of any library that describe themselves as JSON Schema', async () => {
  const Invoice = type({
    id: 'string.uuid',
    cents: 'number.integer >= 1',
    state: "'open' | 'paid'",
    'note?': 'string >= 20',
    lines: type({ sku: 'string >= 3' }).array(),
  });
  const operations = {
    get: op.get('/invoices/{id}', { params: type({ id: 'string' }), response: Invoice }),
    put: op.put('/invoices/{id}', { params: type({ id: 'string' }), body: Invoice, response: Invoice }),
  };
  expect(await failures(providerWith({}, operations))).toEqual([]);
  const unguessable = { get: op.get('/a', { response: type({ id: type.string.narrow((id) => id === 'of no pattern') }) }) };
  expect((await failures(providerWith({}, unguessable))).join()).toContain('nothing that fits could be made for id');
});

describe('a declaration fails', () => {
  const cases: readonly [what: string, provider: Provider, failure: string][] = [
    ['without a schema of the answer', providerWith({}, { get: op.get('/a', {}) }), 'it declares no `response`'],
    ['whose answer may be anything', providerWith({}, { get: op.get('/a', { response: z.unknown() }) }), 'its `response` takes anything'],
    [
      'whose input may be anything',
      providerWith({}, { put: op.put('/a', { body: z.any(), response: Payment }) }),
      'its `body` takes anything',
    ],
    [
      'that does not tag what is personal',
      providerWith({}, { get: op.get('/a', { response: z.object({ customer: z.object({ phone: z.string() }) }) }) }),
      'in the log with DEBUG_MODE: response.customer.phone',
    ],
    [
      'whose schema nothing can be made for',
      providerWith({}, { get: op.get('/a', { response: v.object({ id: v.string() }) }) }),
      'needs a sample',
    ],
  ];
  it.each(cases)('%s', async (_what, provider, failure) => {
    expect((await failures(provider)).join('\n')).toContain(failure);
  });

  it('when a flag takes away what keeps it up', async () => {
    const provider = providerWith({}, { get: all.get as Provider['operations'][string] });
    const off = async (flag: string): Promise<string> => (await failures(provider, { flags: fixedFlags({ [flag]: false }) })).join('\n');
    expect(await off('ENABLE_RETRY')).toContain('get: 503 once');
    expect(await off('ENABLE_CIRCUIT_BREAKER')).toContain('get: failures until the breaker opens');
    expect(await off('ENABLE_CACHING')).toContain('get: a failure while an answer is kept');
  });

  it('less when samples are given', async () => {
    const provider = providerWith({}, { get: op.get('/a', { response: v.object({ id: v.string() }) }) });
    expect(await failures(provider, { samples: { get: { answer: { id: 'a' } } } })).toEqual([]);
  });
});

it('leaves out optional fields that nothing could be made for, and says which', async () => {
  const cursor = z
    .string()
    .regex(/^c1_[0-9a-f]{32}$/)
    .optional();
  const filter = z.object({ since: z.string(), until: cursor }).optional();
  const query = z.object({ limit: z.int().optional(), cursor, filter });
  const Page = z.object({ items: z.array(z.object({ id: z.string(), next: cursor })), next: cursor });
  const list = op.post('/lists', {
    query: z.object({ limit: z.int().optional(), cursor }),
    body: query,
    response: Page,
    idempotency: 'none',
  });
  const report = await conformance(providerWith({}, { list }));
  expect(report.cases.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
  expect(report.leftOut).toEqual(
    ['query.cursor', 'body.cursor', 'body.filter.until', 'answer.items.0.next', 'answer.next'].map((field) => `list: ${field}`),
  );
  expect(printReport(report)).toContain('list: query.cursor is optional and was left out');
  const required = { list: op.get('/lists', { query: z.object({ cursor: cursor.unwrap() }), response: Page }) };
  expect((await failures(providerWith({}, required))).join()).toContain('nothing that fits could be made for cursor');
  // What is personal by its name has to be tried, whether it is tagged or not.
  const personal = { list: op.get('/lists', { response: z.object({ phone: cursor }) }) };
  expect((await failures(providerWith({}, personal))).join()).toContain('nothing that fits could be made for phone');
});

it('prints a table with the reasons under it', async () => {
  const text = printReport(
    await conformance(providerWith({}, { get: op.get('/a', {}), note: all.note as Provider['operations'][string] })),
  );
  expect(text).toMatch(/^acme +get +note$/m);
  expect(text).toMatch(/^a redirect +ok +ok$/m);
  expect(text).toMatch(/^an answer that breaks the schema +FAILED +ok$/m);
  expect(text).toContain('get, an answer that breaks the schema: it declares no `response`');
  expect(text).toMatch(/\d+ passed, 1 failed, \d+ not applicable$/);
});
