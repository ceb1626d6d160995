// Credentials are replaced while calls run. The other side takes the old and the new one for a while, as rotations are done, and then the new
// one alone. Not one call may fail.
import { createServer as createTlsServer } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { openRedis } from '@portico/service-kit/redis/redis';
import { hasRedisServer, startRedisServer } from '@portico/service-kit/redis/redis-testing';
import { printCounts } from '@portico/service-kit/testing-counts';
import { type Dispatcher, request } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { type AuthDeclaration, apiKey, mtls, oauth2 } from '../auth/auth-declaration.ts';
import { type Authorizer, type AuthorizerDependencies, openAuthorizer } from '../auth/authorizer.ts';
import { fixedSecrets, secret } from '../secrets.ts';
import { listenOn } from '../testing/listen-on.ts';
import { makeCertificate } from '../testing/make-certificate.ts';
import { recordingLogger } from '../testing/recording-logger.ts';
import { startTestAuthority } from '../testing/test-authority.ts';

let opened = new AsyncDisposableStack();
afterEach(async () => {
  await opened.disposeAsync();
  opened = new AsyncDisposableStack();
});

type Store = ReturnType<typeof fixedSecrets>;

function open(auth: AuthDeclaration, secrets: Store, more: Partial<AuthorizerDependencies> = {}): Authorizer {
  return opened.use(
    openAuthorizer(auth, { provider: 'acme', secrets, redis: undefined, now: Date.now, logger: recordingLogger(), ...more }),
  );
}

/** As a call does it: one replay after a 401. */
async function call(authorizer: Authorizer, url: string): Promise<number> {
  const signal = AbortSignal.timeout(60_000);
  for (let replay = false; ; replay = true) {
    const used = await authorizer.authorize({ method: 'GET', url }, signal);
    // `dispatcher` is unknown in the seam: only undici makes and takes it.
    const options = used.dispatcher === undefined ? {} : { dispatcher: used.dispatcher as Dispatcher };
    const { statusCode, body } = await request(url, { headers: used.headers, signal, ...options });
    await body.dump();
    if (statusCode !== 401 || replay || !(await authorizer.refused(signal, used))) return statusCode;
  }
}

/** Calls without a pause, from many places, until the drill is over; what the calls ended with. */
async function underLoad(
  authorizers: readonly Authorizer[],
  url: string,
  drill: (calls: () => number) => Promise<void>,
): Promise<Map<string, number>> {
  const ends = new Map<string, number>();
  let calls = 0;
  let over = false;
  const work = async (authorizer: Authorizer): Promise<void> => {
    while (!over) {
      const end = await call(authorizer, url).then(String, String);
      ends.set(end, (ends.get(end) ?? 0) + 1);
      calls += 1;
    }
  };
  const workers = authorizers.flatMap((authorizer) => Array.from({ length: 4 }, () => work(authorizer)));
  await drill(() => calls).finally(() => {
    over = true;
  });
  await Promise.all(workers);
  return ends;
}

function printEnds(what: string, ends: ReadonlyMap<string, number>, more: Readonly<Record<string, number>> = {}): void {
  const calls = [...ends.values()].reduce((sum, count) => sum + count, 0);
  printCounts(`a rotation of ${what}`, { calls, failed: calls - (ends.get('200') ?? 0), ...more });
}

const some = async (calls: () => number): Promise<void> => {
  const until = calls() + 100;
  await expect.poll(calls).toBeGreaterThan(until);
};

describe('a rotation under load', () => {
  it('of an API key fails no call, whether we or the provider learn of it first', async () => {
    const api = opened.use(await startTestAuthority());
    const keyed = apiKey({ header: 'Authorization', secret: secret('key') });
    const store = fixedSecrets({ key: 'k1' });
    api.accepted.add('k1');
    const ends = await underLoad([open(keyed, store), open(keyed, store)], api.url, async (calls) => {
      await some(calls);
      // We are first: the provider does not know the key yet.
      store.replace('key', 'k2');
      await some(calls);
      api.accepted.add('k2');
      // The provider is first: the old key goes before we are told of it.
      await some(calls);
      api.accepted.delete('k1');
      await some(calls);
    });
    printEnds('an API key', ends);
    expect([...ends.keys()]).toEqual(['200']);
  });

  it.skipIf(!hasRedisServer)(
    'of an OAuth secret fails no call and asks for one token in the whole fleet (needs redis-server)',
    async () => {
      const authority = opened.use(await startTestAuthority());
      const server = opened.use(await startRedisServer());
      const redis = opened.use(await openRedis({ url: server.url, timeoutMs: 10_000, onChange: () => {} }));
      const declared = oauth2.clientCredentials({ tokenUrl: authority.tokenUrl, client: secret('client') });
      const stores = Array.from({ length: 4 }, () => fixedSecrets({ client: { clientId: 'us', clientSecret: 'first' } }));
      const fleet = stores.map((store) => open(declared, store, { redis }));
      const ends = await underLoad(fleet, authority.url, async (calls) => {
        await some(calls);
        expect(authority.tokenCalls).toHaveLength(1);
        authority.clientSecrets.add('second');
        // One process after the other hears of it.
        for (const store of stores) {
          store.replace('client', { clientId: 'us', clientSecret: 'second' });
          await some(calls);
        }
        authority.clientSecrets.delete('first');
        authority.accepted.delete('Bearer token-1-of-first');
        await some(calls);
      });
      printEnds('an OAuth secret, 4 processes', ends, { 'tokens asked for': authority.tokenCalls.length });
      expect([...ends.keys()]).toEqual(['200']);
      expect(authority.tokenCalls).toHaveLength(2);
    },
  );

  it('of a client certificate fails no call', async () => {
    const [ours, first, second] = [makeCertificate('server'), makeCertificate('first'), makeCertificate('second')];
    const seen = new Map<string, number>();
    const server = createTlsServer(
      { cert: ours.cert, key: ours.key, ca: [first.cert, second.cert], requestCert: true, rejectUnauthorized: true },
      ({ socket }, response) => {
        const name = String((socket as TLSSocket).getPeerCertificate().subject.CN);
        seen.set(name, (seen.get(name) ?? 0) + 1);
        response.end('{}');
      },
    );
    opened.defer(() => {
      server.closeAllConnections();
      server.close();
    });
    const url = (await listenOn(server)).replace('http:', 'https:');
    const store = fixedSecrets({ pair: { cert: first.cert, key: first.key, ca: ours.cert } });
    const authorizer = open(mtls(secret('pair')), store);
    const ends = await underLoad([authorizer], url, async (calls) => {
      await some(calls);
      expect([...seen.keys()]).toEqual(['first']);
      // Half a renewal is not used.
      store.replace('pair', { cert: second.cert, key: first.key, ca: ours.cert });
      await some(calls);
      expect([...seen.keys()]).toEqual(['first']);
      store.replace('pair', { cert: second.cert, key: second.key, ca: ours.cert });
      await some(calls);
      const before = seen.get('first');
      await some(calls);
      expect(seen.get('first')).toBe(before);
    });
    printEnds('a client certificate', ends, { 'certificates seen': seen.size });
    expect([...ends.keys()]).toEqual(['200']);
    expect([...seen.keys()]).toEqual(['first', 'second']);
  });
});
