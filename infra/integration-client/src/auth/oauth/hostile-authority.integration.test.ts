// A token endpoint that answers with more than a token.
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { brotliCompressSync } from 'node:zlib';
import { Agent } from 'undici';
import { expect, it } from 'vitest';
import { secret, secretOf } from '../../secrets.ts';
import { listenOn } from '../../testing/listen-on.ts';
import { oauth2 } from '../auth-declaration.ts';
import { requestToken, type Token } from './request-token.ts';

async function ask(answer: RequestListener): Promise<Token> {
  await using opened = new AsyncDisposableStack();
  const server = createServer(answer);
  opened.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  const tokenUrl = `${await listenOn(server)}/token`;
  // As the one that presents a client's certificate: it has no bounds of its own.
  const agent = opened.adopt(new Agent(), (made) => made.destroy());
  const ours = secretOf({ clientId: 'us', clientSecret: 'first' });
  return await requestToken(oauth2.clientCredentials({ tokenUrl, client: secret('client') }), ours, agent, Date.now, NEVER);
}
const NEVER = new AbortController().signal;

const TOKEN = { access_token: 'token', token_type: 'bearer', expires_in: 60 };
const JSON_TYPE = { 'content-type': 'application/json' };

it('a token endpoint that answers with a token is believed', async () => {
  await expect(ask((_, response) => response.writeHead(200, JSON_TYPE).end(JSON.stringify(TOKEN)))).resolves.toMatchObject({
    accessToken: 'token',
  });
});

it('a token endpoint that answers with some hundred bytes of which 50 MB are made is not listened to', async () => {
  const bomb = brotliCompressSync(JSON.stringify({ ...TOKEN, more: 'a'.repeat(50_000_000) }));
  expect(bomb.length).toBeLessThan(1_000);
  const asked = ask((_, response) => response.writeHead(200, { ...JSON_TYPE, 'content-encoding': 'br' }).end(bomb));
  await expect(asked).rejects.toMatchObject({ kind: 'unreachable' });
});

it('a token endpoint whose answer does not end is cut off', async () => {
  let sent = 0;
  const asked = ask((_, response) => {
    response.writeHead(200, JSON_TYPE).write('{"access_token":"');
    const more = async (): Promise<void> => {
      while (!response.destroyed) {
        sent += 16_384;
        if (!response.write('a'.repeat(16_384))) await Promise.race([once(response, 'drain'), once(response, 'close')]);
      }
    };
    void more();
  });
  await expect(asked).rejects.toMatchObject({ kind: 'unreachable' });
  expect(sent).toBeLessThan(16 * 1024 * 1024);
});
