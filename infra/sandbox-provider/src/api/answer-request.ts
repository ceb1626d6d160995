// The provider's API: OAuth for a token, charges, refunds. What is answered is JSON; two test tokens are answered by silence.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Logger } from '@portico/service-kit/logger';
import type { Ledger } from '../books/ledger.ts';
import { chargeBody } from '../callbacks/callbacks.ts';
import type { Charging } from '../charging/make-charge.ts';
import { makeRefund, type RefundOptions } from '../charging/make-refund.ts';
import type { AccessTokens } from './access-tokens.ts';
import { invalidRequest, ProviderError } from './provider-error.ts';

export type ApiOptions = { ledger: Ledger; tokens: AccessTokens; charging: Charging; refunding: RefundOptions; logger: Logger };

type Reply = { status: number; body: unknown } | 'cut' | 'hang';

const BODY_BYTES_MAX = 65_536;
const KEY = /^[\x21-\x7e]{1,255}$/;
const CHARGE_PATH = /^\/v1\/charges\/([\w-]{1,64})$/;
const REFUNDS_PATH = /^\/v1\/charges\/([\w-]{1,64})\/refunds$/;

export function answerRequests(options: ApiOptions): RequestListener {
  return (req, res) => {
    answer(options, req).then(
      (reply) => send(res, reply),
      (error: unknown) => {
        if (!(error instanceof ProviderError)) options.logger.error({ err: error }, 'request failed');
        sendError(res, error instanceof ProviderError ? error : new ProviderError(500, 'internal_error', 'Something went wrong.'));
      },
    );
  };
}

async function answer({ ledger, tokens, charging, refunding }: ApiOptions, req: IncomingMessage): Promise<Reply> {
  const url = URL.parse(req.url ?? '/', 'http://provider');
  if (url === null) throw nothingHere();
  const asked = `${req.method} ${url.pathname}`;
  if (asked === 'POST /oauth/token') return issueToken(tokens, req);
  if (!tokens.accepts(req.headers.authorization)) throw new ProviderError(401, 'invalid_token', 'The access token is not valid.');
  if (asked === 'POST /v1/charges') {
    const outcome = await charging.charge(keyOf(req), await readJson(req));
    return outcome.kind === 'answer' ? { status: 201, body: chargeBody(outcome.charge) } : outcome.kind;
  }
  if (asked === 'GET /v1/charges') {
    const found = ledger.chargeOfKey(url.searchParams.get('idempotencyKey') ?? '');
    return { status: 200, body: { data: found === undefined ? [] : [chargeBody(found.value)] } };
  }
  const refunded = req.method === 'POST' ? REFUNDS_PATH.exec(url.pathname)?.[1] : undefined;
  if (refunded !== undefined) return { status: 201, body: await makeRefund(refunding, keyOf(req), refunded, await readJson(req)) };
  const charge = ledger.charge(req.method === 'GET' ? (CHARGE_PATH.exec(url.pathname)?.[1] ?? '') : '');
  if (charge === undefined) throw nothingHere();
  return { status: 200, body: chargeBody(charge) };
}

function nothingHere(): ProviderError {
  return new ProviderError(404, 'not_found', 'There is nothing here.');
}

/** RFC 6749, 4.4: credentials in the body or in a Basic header. */
async function issueToken(tokens: AccessTokens, req: IncomingMessage): Promise<Reply> {
  const form = new URLSearchParams(await readText(req));
  const basic = /^Basic (\S+)$/i.exec(req.headers.authorization ?? '')?.[1];
  const [id = '', secret = ''] =
    basic === undefined
      ? [form.get('client_id') ?? '', form.get('client_secret') ?? '']
      : Buffer.from(basic, 'base64').toString().split(':', 2).map(decodeForm);
  if (form.get('grant_type') !== 'client_credentials') return { status: 400, body: { error: 'unsupported_grant_type' } };
  const issued = tokens.issue(id, secret);
  if (issued === undefined) return { status: 401, body: { error: 'invalid_client' } };
  return { status: 200, body: { access_token: issued.token, token_type: 'Bearer', expires_in: issued.expiresInSeconds } };
}

/** Basic credentials of OAuth clients are form-encoded (RFC 6749, 2.3.1). */
function decodeForm(text: string): string {
  return new URLSearchParams(`v=${text}`).get('v') ?? '';
}

function keyOf(req: IncomingMessage): string {
  const key = req.headers['idempotency-key'];
  if (typeof key !== 'string' || !KEY.test(key))
    throw invalidRequest('Idempotency-Key: It is required, as 1 to 255 visible ASCII characters.');
  return key;
}

async function readJson(req: IncomingMessage): Promise<unknown> {
  try {
    return JSON.parse(await readText(req));
  } catch (error) {
    if (error instanceof ProviderError) throw error;
    throw invalidRequest('The body must be JSON.');
  }
}

async function readText(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new ProviderError(413, 'too_large', `The body may have at most ${BODY_BYTES_MAX} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function send(res: ServerResponse, reply: Reply): void {
  if (reply === 'cut') res.destroy();
  else if (reply !== 'hang') sendJson(res, reply.status, reply.body);
}

function sendError(res: ServerResponse, { status, code, message, retryAfterSeconds, chargeId }: ProviderError): void {
  if (retryAfterSeconds !== undefined) res.setHeader('retry-after', retryAfterSeconds);
  const type = status === 402 ? 'card_error' : status < 500 ? 'request_error' : 'api_error';
  sendJson(res, status, { error: { type, code, message, ...(chargeId === undefined ? {} : { chargeId }) } });
}

function sendJson(res: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  res.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  res.end(text);
}
