// For tests: an authority that gives tokens, and an API that takes them, in one server. Clients, tokens and keys are what the test says.
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { listenOn } from './listen-on.ts';

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

const isAccepted = ({ accepted }: TestAuthority, request: IncomingMessage): boolean => accepted.has(request.headers.authorization ?? '');

async function giveToken(authority: TestAuthority, request: IncomingMessage): Promise<{ status: number; body: unknown }> {
  const body = new URLSearchParams(await text(request));
  const { authorization } = request.headers;
  authority.tokenCalls.push({ authorization, body });
  await authority.gate;
  const next = authority.nextAnswers.shift();
  if (next !== undefined) return next;
  const given = authorization === undefined ? body.get('client_secret') : basicSecret(authorization);
  const known = body.has('client_assertion') || (given !== null && given !== undefined && authority.clientSecrets.has(given));
  if (!known) return { status: 401, body: { error: 'invalid_client', error_description: `no client with ${given}` } };
  const access_token = `token-${authority.tokenCalls.length}-of-${given}`;
  authority.accepted.add(`Bearer ${access_token}`);
  return { status: 200, body: { access_token, token_type: 'Bearer', expires_in: authority.expiresIn } };
}

/** RFC 6749 §2.3.1: both halves are form-encoded. */
function basicSecret(authorization: string): string | undefined {
  const [, encoded] = Buffer.from(authorization.slice('Basic '.length), 'base64').toString().split(':');
  return encoded === undefined ? undefined : decodeURIComponent(encoded);
}
