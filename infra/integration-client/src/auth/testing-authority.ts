// For tests: an authority that gives tokens, and an API that takes them, in one server. Clients, tokens and keys are what the test says.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Logger } from '@portico/service-kit/logger';

export type TestAuthority = AsyncDisposable & {
  readonly url: string;
  readonly tokenUrl: string;
  /** Secrets that the token endpoint takes. */
  readonly clientSecrets: Set<string>;
  /** Values of `Authorization` that the API takes. */
  readonly accepted: Set<string>;
  /** What the token endpoint was sent. */
  readonly tokenCalls: { authorization: string | undefined; body: URLSearchParams }[];
  /** How the next token requests are answered, before the usual answer. */
  readonly nextAnswers: { status: number; body: unknown }[];
  expiresIn: number | undefined;
  /** Held until it resolves. */
  gate: Promise<void>;
};

export async function startTestAuthority(): Promise<TestAuthority> {
  const server = createServer();
  const authority: TestAuthority = {
    url: '',
    tokenUrl: '',
    clientSecrets: new Set(['first']),
    accepted: new Set(),
    tokenCalls: [],
    nextAnswers: [],
    expiresIn: 3_600,
    gate: Promise.resolve(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  server.on('request', async (request, response) => {
    const answer =
      request.url === '/token' ? await giveToken(authority, request) : { status: isAccepted(authority, request) ? 200 : 401, body: {} };
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
  });
  const url = await listenOn(server);
  return Object.assign(authority, { url, tokenUrl: `${url}/token` });
}

/** Collects what is logged, with its level. */
export function recordingLogger(): Logger & { readonly lines: unknown[] } {
  const lines: unknown[] = [];
  const write =
    (level: string) =>
    (fields: unknown, message: string): void =>
      void lines.push({ level, message, ...Object(fields) });
  return { lines, debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

export async function listenOn(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const isAccepted = ({ accepted }: TestAuthority, request: IncomingMessage): boolean => accepted.has(request.headers.authorization ?? '');

async function giveToken(authority: TestAuthority, request: IncomingMessage): Promise<{ status: number; body: unknown }> {
  const body = new URLSearchParams(await text(request));
  const { authorization } = request.headers;
  authority.tokenCalls.push({ authorization, body });
  await authority.gate;
  const next = authority.nextAnswers.shift();
  if (next !== undefined) return next;
  const given =
    authorization === undefined ? body.get('client_secret') : Buffer.from(authorization.slice(6), 'base64').toString().split(':')[1];
  const known = body.has('client_assertion') || (given !== null && given !== undefined && authority.clientSecrets.has(given));
  if (!known) return { status: 401, body: { error: 'invalid_client', error_description: `no client with ${given}` } };
  const access_token = `token-${authority.tokenCalls.length}-of-${given}`;
  authority.accepted.add(`Bearer ${access_token}`);
  return { status: 200, body: { access_token, token_type: 'Bearer', expires_in: authority.expiresIn } };
}
