// A subgraph over HTTP that does not answer as it should: the gateway's other half is a program too, and there may be a proxy before it.
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Caller } from '@portico/contracts/caller';
import { within } from '@portico/service-kit/testing-stopwatch';
import { NO_TRACING } from '@portico/service-kit/tracing/tracing';
import { beforeEach, describe, expect, it } from 'vitest';
import { createGraphRequest } from './graph-request.ts';
import { createSubgraphClient, type SubgraphResult } from './subgraph-fetch.ts';

const DEADLINE_MS = 400;
const SLOW_MS = 1_000;
/** More than twice as many as there are connections. */
const AT_ONCE = 150;
const HUGE_PARTS = 100;
const PART = 'x'.repeat(1_048_576);
const caller: Caller = { accountId: 'acct_1', mode: 'test', scopes: new Set(), actor: 'test', requestId: 'req_1' };

describe('a subgraph in another process', () => {
  let opened: AsyncDisposableStack;
  beforeEach(() => {
    opened = new AsyncDisposableStack();
    return () => opened.disposeAsync();
  });

  async function reach(listener: RequestListener): Promise<() => Promise<SubgraphResult>> {
    const server = createServer(listener).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    opened.defer(() => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
    const options = { internalSecret: 'x'.repeat(32), requestTimeoutMs: DEADLINE_MS, tracing: NO_TRACING };
    const client = createSubgraphClient('orders', { kind: 'http', url }, options);
    opened.defer(() => client.close());
    const fetch = client.prepare('{ orders { id } }', false);
    return async () => fetch({}, createGraphRequest(caller));
  }
  const answering =
    (body: string, status = 200): RequestListener =>
    (_req, res) =>
      void res.writeHead(status, { 'content-type': 'application/json' }).end(body);
  const codesOf = ({ errors }: SubgraphResult) => errors?.map(({ extensions }) => extensions?.code);

  it('has all the time there is for its whole answer, not for each byte of it', async () => {
    const ask = await reach((_req, res) => {
      res.writeHead(200, { 'content-type': 'application/json' }).write('{');
      const drip = setInterval(() => res.write(' '), DEADLINE_MS / 8);
      res.once('close', () => clearInterval(drip));
    });
    expect(codesOf(await within(SLOW_MS, ask))).toEqual(['UPSTREAM_TIMEOUT']);
  });

  it('that answers nobody holds nobody longer than the deadline, however many wait for a connection', async () => {
    const ask = await reach(() => {});
    const answers = await within(SLOW_MS, () => Promise.all(Array.from({ length: AT_ONCE }, ask)));
    expect(new Set(answers.flatMap(codesOf))).toEqual(new Set(['UPSTREAM_TIMEOUT']));
  });

  it('that answers without end is read no further than anybody needs', async () => {
    let sent = 0;
    const ask = await reach((_req, res) => {
      res.writeHead(200, { 'content-type': 'application/json' }).write('{"data":{"x":"');
      const more = (): void => {
        for (; sent < HUGE_PARTS; ) {
          sent += 1;
          if (!res.write(PART)) return void res.once('drain', more);
        }
        res.end('"}}');
      };
      more();
    });
    expect(codesOf(await ask())).toEqual([expect.stringMatching(/^UPSTREAM_/)]);
    expect(sent).toBeLessThan(HUGE_PARTS);
  });

  it.each([
    ['a page', '<html>Bad gateway</html>'],
    ['half of it', '{"data":{"orders":[{"id":"or'],
    ['null', 'null'],
    ['a list', '[]'],
    ['neither data nor errors', '{"message":"no Route matched with those values"}'],
    ['data that is a list', '{"data":[]}'],
    ['data that is a text', '{"data":"x"}'],
    ['no data and no word why', '{"data":null}'],
    ['no data and no errors', '{"data":null,"errors":[]}'],
    ['errors that are an object', '{"errors":{"code":500}}'],
    ['errors that are a text', '{"errors":"no"}'],
    ['an error that is null', '{"errors":[null]}'],
    ['an error without a message', '{"errors":[{"code":500}]}'],
    ['an error of which the path is a text', '{"data":null,"errors":[{"message":"No.","path":"orders"}]}'],
    ['an error of which the extensions are a list', '{"data":null,"errors":[{"message":"No.","extensions":[]}]}'],
  ])('that answers %s has failed', async (_, body) => {
    const ask = await reach(answering(body));
    expect(await ask()).toMatchObject({ data: null, errors: [{ message: 'A part of the platform did not answer.' }] });
    expect(codesOf(await ask())).toEqual(['UPSTREAM_ERROR']);
  });

  it('may say that there are no errors', async () => {
    const ask = await reach(answering('{"data":{"orders":[]},"errors":null}'));
    expect(await ask()).toEqual({ data: { orders: [] } });
  });

  it('is unavailable behind a proxy that says so in words of its own', async () => {
    const ask = await reach(answering('upstream connect error', 503));
    expect(codesOf(await ask())).toEqual(['SERVICE_UNAVAILABLE']);
  });
});
