import { createServer } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { type Dispatcher, request } from 'undici';
import { describe, expect, it } from 'vitest';
import { fixedSecrets, secret } from '../../secrets.ts';
import { listenOn } from '../../testing/listen-on.ts';
import { makeCertificate } from '../../testing/make-certificate.ts';
import { recordingLogger } from '../../testing/recording-logger.ts';
import { oauth2 } from '../auth-declaration.ts';
import { openAuthorizer } from '../authorizer.ts';

describe('a token for a client certificate', () => {
  it('is asked for and used with the certificate, RFC 8705, and with the new one after a rotation', async () => {
    await using opened = new AsyncDisposableStack();
    const [ours, first, second] = [makeCertificate('server'), makeCertificate('first'), makeCertificate('second')];
    const asked: unknown[] = [];
    const server = createServer({ ...ours, ca: [first.cert, second.cert], requestCert: true }, (incoming, response) => {
      const name = (incoming.socket as TLSSocket).getPeerCertificate().subject.CN;
      asked.push([incoming.url, name, incoming.headers.authorization]);
      response
        .setHeader('content-type', 'application/json')
        .end(JSON.stringify({ access_token: `for-${name}`, token_type: 'bearer', expires_in: 3_600 }));
    });
    opened.defer(() => {
      server.closeAllConnections();
      server.close();
    });
    const url = (await listenOn(server)).replace('http:', 'https:');
    const store = fixedSecrets({ client: { clientId: 'us', ...first, ca: ours.cert } });
    const auth = oauth2.clientCredentials({ tokenUrl: `${url}/token`, client: secret('client'), authMethod: 'tls' });
    const authorizer = opened.use(
      openAuthorizer(auth, { provider: 'acme', secrets: store, redis: undefined, now: Date.now, logger: recordingLogger() }),
    );
    const call = async (): Promise<string | undefined> => {
      const { headers, dispatcher } = await authorizer.authorize({ method: 'GET', url }, AbortSignal.timeout(60_000));
      // Only undici makes and takes it.
      await (await request(`${url}/api`, { headers, dispatcher: dispatcher as Dispatcher })).body.dump();
      return headers.authorization;
    };
    expect(await call()).toBe('Bearer for-first');
    expect(asked).toEqual([
      ['/token', 'first', undefined],
      ['/api', 'first', 'Bearer for-first'],
    ]);
    store.replace('client', { clientId: 'us', ...second, ca: ours.cert });
    await expect.poll(call).toBe('Bearer for-second');
    expect(asked.at(-1)).toEqual(['/api', 'second', 'Bearer for-second']);
  });
});
