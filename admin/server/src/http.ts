// One side over HTTP: `<prefix>/auth/*` is sign-in, `<prefix>/trpc/*` the procedures. Requests that a page elsewhere sends are refused for both.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { AppError, ERRORS } from '@portico/contracts/errors';
import { requestIdOf } from '@portico/contracts/ids';
import { translateDatabaseError } from '@portico/service-kit/database/database-errors';
import type { GraphClient } from '@portico/service-kit/graph/graph';
import type { Logger } from '@portico/service-kit/logger';
import type { ClientAddress } from '@portico/service-kit/network/client-address';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import type { AdminContext } from './context.ts';
import type { Mailer } from './mail/mailer.ts';
import { Person } from './people/person.entity.ts';
import { SIDES, type Side, signInPath } from './sides.ts';
import { ADDRESS_HEADER, type SignIn } from './sign-in/create-sign-in.ts';
import type { Letters } from './sign-in/letters.ts';
import { signInRefusal } from './sign-in/sign-in-refusal.ts';
import type { RecordAction } from './trpc/changing.ts';
import type { CallContext } from './trpc/context.ts';
import type { DeveloperRouter } from './trpc/developer-router.ts';
import type { OperatorRouter } from './trpc/operator-router.ts';
import { refusalOf } from './trpc/procedures.ts';

export type HttpOptions = {
  side: Side;
  router: DeveloperRouter | OperatorRouter;
  signIn: SignIn;
  admin: AdminContext;
  mailer: Mailer;
  /** Origin of the pages of this side. */
  origin: string;
  /** What is written to those who are invited: they are developers, whoever invites them. */
  letters: Letters;
  recordAction: RecordAction;
  graph: GraphClient;
  /** Whose request it is: what tries are counted by. */
  clientAddress: ClientAddress;
  logger: Logger;
};

const BODY_BYTES_MAX = 1_048_576;

export function createHttpHandler(options: HttpOptions): RequestListener {
  return (req, res) => {
    const requestId = requestIdOf(req.headers['x-request-id']);
    answer(options, req, requestId).then(
      (response) => send(res, requestId, response),
      (thrown: unknown) => {
        const error = translateDatabaseError(thrown);
        if (!(error instanceof AppError)) options.logger.error({ err: error, requestId }, 'a request of the admin service failed');
        return send(res, requestId, refusal(error instanceof AppError ? error : new AppError('INTERNAL_ERROR'), requestId));
      },
    );
  };
}

function refusal({ code, message, details = {}, retryAfterSeconds }: AppError, requestId: string): Response {
  const headers = new Headers(retryAfterSeconds === undefined ? [] : [['retry-after', String(retryAfterSeconds)]]);
  return Response.json({ error: { code, message, details, requestId } }, { status: ERRORS[code].status, headers });
}

async function answer(options: HttpOptions, req: IncomingMessage, requestId: string): Promise<Response> {
  const { prefix } = SIDES[options.side];
  const target = req.url ?? '/';
  refuseForeign(req, options.origin);
  if (target.startsWith(`${prefix}/auth/`)) return answerSignIn(options, await toRequest(req, options), requestId);
  if (!target.startsWith(`${prefix}/trpc/`)) throw new AppError('NOT_FOUND');
  const request = await toRequest(req, options);
  return fetchRequestHandler({
    endpoint: `${prefix}/trpc`,
    req: request,
    router: options.router,
    // One request is one call: limits and logs count requests.
    allowBatching: false,
    createContext: () =>
      contextOf(options, request.headers, requestId).catch((error: unknown) => {
        throw refusalOf(error);
      }),
    onError({ error, path }) {
      if (error.code !== 'INTERNAL_SERVER_ERROR') return;
      options.logger.error({ err: error.cause ?? error, requestId, operation: path }, 'a procedure failed');
    },
  });
}

async function answerSignIn({ side, signIn }: HttpOptions, request: Request, requestId: string): Promise<Response> {
  const response = await signIn.handle(request);
  if (response.status < 400) return response;
  const refused = refusal(await signInRefusal(response, signInPath(side, request)), requestId);
  // Cookies that are worth nothing any more are taken back with a refusal.
  for (const cookie of response.headers.getSetCookie()) refused.headers.append('set-cookie', cookie);
  return refused;
}

async function contextOf(options: HttpOptions, headers: Headers, requestId: string): Promise<CallContext> {
  const { side, admin, signIn, mailer, letters, recordAction, graph } = options;
  const personId = await signIn.personId(headers);
  const person = personId === undefined ? null : await admin.database.fork().findOne(Person, { id: personId });
  return { side, admin, requestId, person: person ?? undefined, recordAction, graph, letters, post: mailer.post };
}

/**
 * What a page of another origin makes a browser send carries the cookies of whoever is signed in: it is refused. Browsers say where a change
 * comes from; what says nothing is no browser. JSON alone is read, which a form cannot send.
 */
function refuseForeign({ method, headers }: IncomingMessage, origin: string): void {
  if (method === 'GET' || method === 'HEAD') return;
  const from = headers.origin;
  const foreign =
    from === undefined
      ? headers['sec-fetch-site'] !== undefined && headers['sec-fetch-site'] !== 'same-origin' && headers['sec-fetch-site'] !== 'none'
      : from !== origin && from !== `http://${headers.host}` && from !== `https://${headers.host}`;
  if (foreign) throw new AppError('AUTHORIZATION_ERROR', 'This request comes from a page of another origin.');
  const type = headers['content-type'];
  if (type !== undefined && !/^application\/json\b/i.test(type)) throw new AppError('UNSUPPORTED_MEDIA_TYPE');
}

async function toRequest(req: IncomingMessage, { origin, clientAddress }: HttpOptions): Promise<Request> {
  const headers = new Headers();
  for (const [name, value] of Object.entries(req.headers)) {
    // `origin` has been judged, and `host` is not what links are made of.
    if (value === undefined || name === 'origin' || name === 'host') continue;
    headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  headers.set(ADDRESS_HEADER, clientAddress(req));
  const method = req.method ?? 'GET';
  const body = method === 'GET' || method === 'HEAD' ? null : await readBody(req);
  return new Request(new URL(req.url ?? '/', origin), { method, headers, body });
}

async function readBody(req: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new AppError('PAYLOAD_TOO_LARGE');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function send(res: ServerResponse, requestId: string, response: Response): Promise<void> {
  const body = Buffer.from(await response.arrayBuffer());
  for (const [name, value] of response.headers) if (name !== 'set-cookie') res.setHeader(name, value);
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) res.setHeader('set-cookie', cookies);
  res.setHeader('cache-control', 'no-store');
  res.setHeader('x-content-type-options', 'nosniff');
  res.setHeader('x-request-id', requestId);
  res.setHeader('content-length', body.length);
  res.writeHead(response.status);
  res.end(body);
}
