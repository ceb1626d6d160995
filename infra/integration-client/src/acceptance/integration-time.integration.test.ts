// How little a provider takes: three that nothing here was written for, declared in 25 lines each, against servers that speak HTTP and TLS;
// and what is said when a declaration contradicts itself.
import { readFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import { silentLogger } from '@portico/service-kit/testing';
import { printCounts } from '@portico/service-kit/testing-counts';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createClient } from '../create-client.ts';
import type { Provider } from '../define-provider.ts';
import { bankTransfers } from '../guide/bank-transfers.ts';
import { invoicing } from '../guide/invoicing.ts';
import { parcelTracking } from '../guide/parcel-tracking.ts';
import { fixedSecrets } from '../secrets.ts';
import { conformance } from '../testing/conformance.ts';
import { listenOn } from '../testing/listen-on.ts';
import { makeCertificate } from '../testing/make-certificate.ts';
import { printReport } from '../testing/print-report.ts';
import { startTestAuthority } from '../testing/test-authority.ts';
import { startServer } from './surroundings/testing-client.ts';

let opened = new AsyncDisposableStack();
afterEach(async () => {
  await opened.disposeAsync();
  opened = new AsyncDisposableStack();
});

const logger = silentLogger;
const sourceOf = (name: string): string => readFileSync(new URL(`../guide/${name}.ts`, import.meta.url), 'utf8');
/** A client certificate's server: who may call, and what of each request comes back. */
async function startBank(pair: { cert: string; key: string }, client: string): Promise<string> {
  const server = createTlsServer({ ...pair, ca: client, requestCert: true, rejectUnauthorized: true }, (request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.url === '/token') response.end(JSON.stringify({ access_token: 'bank-token', token_type: 'Bearer', expires_in: 3_600 }));
    else if (request.headers.authorization !== 'Bearer bank-token') response.writeHead(401).end('{}');
    else response.end(JSON.stringify({ reference: request.url?.split('/').at(-1), state: 'accepted' }));
  });
  opened.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  return (await listenOn(server)).replace('http:', 'https:');
}

describe('three providers that were not known before', () => {
  it('by API key: parcels are found, and found again without asking', async () => {
    const server = opened.use(
      await startServer((request, response) => {
        const isKnown = request.headers['x-api-key'] === 'parcel-key';
        response
          .writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' })
          .end(JSON.stringify({ number: '7', state: 'moving' }));
      }),
    );
    const secrets = fixedSecrets({ 'parcels/api-key': 'parcel-key' });
    await using client = createClient({ providers: { parcelTracking }, secrets, logger, baseUrls: { 'parcel-tracking': server.url } });
    const ask = () => client.parcelTracking.getParcel({ params: { number: '7' } });
    expect((await ask()).data).toEqual({ number: '7', state: 'moving' });
    expect(await ask()).toMatchObject({ cached: true, attempts: 0 });
    expect(server.received()).toBe(1);
  });

  it('by OAuth: an invoice goes out with a token and its key', async () => {
    const authority = opened.use(await startTestAuthority());
    const invoice = { id: 'i1', total: 100, email: 'a@b.example' };
    const server = opened.use(
      await startServer(({ headers }, response, body) => {
        const isKnown = authority.accepted.has(headers.authorization ?? '') && headers['idempotency-key'] === 'order-1';
        response.writeHead(isKnown ? 201 : 401, { 'content-type': 'application/json' }).end(body);
      }),
    );
    const auth = { ...invoicing.auth, tokenUrl: authority.tokenUrl };
    const secrets = fixedSecrets({ 'invoices/client': { clientId: 'us', clientSecret: 'first' } });
    const providers = { invoicing: { ...invoicing, auth } as typeof invoicing };
    await using client = createClient({ providers, secrets, logger, baseUrls: { invoicing: server.url } });
    expect((await client.invoicing.sendInvoice({ body: invoice }, { key: 'order-1' })).status).toBe(201);
    expect(authority.tokenCalls[0]?.body.get('scope')).toBe('invoices');
  });

  it('by certificate and OAuth: a transfer is made by who has both', async () => {
    const [bank, us] = [makeCertificate('bank'), makeCertificate('us')];
    const url = await startBank(bank, us.cert);
    const auth = { ...bankTransfers.auth, tokenUrl: `${url}/token` };
    const secrets = fixedSecrets({ 'bank/client': { clientId: 'us', ...us, ca: bank.cert } });
    const providers = { bankTransfers: { ...bankTransfers, auth } as typeof bankTransfers };
    await using client = createClient({ providers, secrets, logger, baseUrls: { 'bank-transfers': url } });
    const body = { reference: 'r1', iban: 'DE02120300000000202051', cents: 100 };
    const { data } = await client.bankTransfers.transfer({ params: { reference: 'r1' }, body });
    expect(data).toEqual({ reference: 'r1', state: 'accepted' });
  });

  it.each<Provider>([parcelTracking, invoicing, bankTransfers])('$name stands every fault, in 25 lines', async (provider) => {
    const { passed, failed, ...report } = await conformance(provider);
    const lines = sourceOf(provider.name).trim().split('\n').length;
    printCounts(provider.name, { lines, 'faults stood': passed, failed });
    expect([failed, printReport({ passed, failed, ...report })]).toEqual([0, expect.stringContaining('0 failed')]);
    expect(lines).toBeLessThanOrEqual(25);
  });
});

describe('a declaration that contradicts itself', () => {
  const mistakes: readonly [mistake: string, change: object, operation?: object][] = [
    ['a base address that is none', { baseUrl: 'api.parcels.example' }],
    ['plain HTTP to another machine', { baseUrl: 'http://api.parcels.example' }],
    ['credentials among the headers', { headers: { Authorization: 'Bearer x' } }],
    ['no place at all', { limits: { concurrency: 0 } }],
    ['a breaker that cannot open', { limits: { perMinute: 5 } }],
    ['a first wait longer than the longest', { retries: { baseMs: 500, capMs: 100 } }],
    ['a try longer than its call', {}, { deadlineMs: 1_000, attemptTimeoutMs: 2_000 }],
    ['retries that cannot fit', {}, { deadlineMs: 500, maxRetries: 3 }],
    ['a hedge after the try has ended', {}, { deadlineMs: 400, hedge: { afterMs: 500 } }],
    ['a stand-in that ends before the answer', {}, { cache: { ttlMs: 60_000, staleMs: 1_000 } }],
    ['a path value without a schema', {}, { params: undefined }],
    ['an expected 500', {}, { errors: { 500: undefined } }],
  ];
  let refused = 0;
  afterAll(() => printCounts('contradictions', { declared: mistakes.length, 'refused at start': refused }));
  it.each(mistakes)('is refused at start: %s', (_mistake, change, operation = {}) => {
    const { getParcel } = parcelTracking.operations;
    const operations = { getParcel: { ...getParcel, declaration: { ...getParcel.declaration, ...operation } } };
    const wrong = { ...parcelTracking, ...change, operations };
    expect(() => createClient({ providers: { wrong }, secrets: fixedSecrets({}), logger })).toThrow(/1 problem\(s\)/);
    refused += 1;
  });
});
