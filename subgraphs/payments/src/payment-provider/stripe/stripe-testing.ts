// For tests: a server that behaves as Stripe's PaymentIntents API is documented to: form bodies, idempotency keys that give the first
// answer again, decline codes, search. Written from the public description; its payment methods are Stripe's own test names where there are any.
import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { listen } from '@portico/service-kit/http/http-listener';

type Json = Record<string, unknown>;
type Answer = { status: number; body: Json; headers?: Record<string, string> } | 'cut' | 'hang';
type Intent = {
  id: string;
  object: 'payment_intent';
  amount: number;
  currency: string;
  status: string;
  metadata: Record<string, string>;
  last_payment_error: Json | null;
  refunded: number;
};

export type SimulatedStripe = AsyncDisposable & {
  readonly url: string;
  readonly intents: ReadonlyMap<string, Intent>;
  readonly seen: Json[];
};

const DECLINES: Readonly<Record<string, Json>> = {
  pm_card_visa_chargeDeclined: { code: 'card_declined', decline_code: 'generic_decline', message: 'Your card was declined.' },
  pm_card_chargeDeclinedInsufficientFunds: {
    code: 'card_declined',
    decline_code: 'insufficient_funds',
    message: 'Your card has insufficient funds.',
  },
  pm_card_authenticationRequired: { code: 'authentication_required', message: 'This transaction requires authentication.' },
};
const TIMES: Readonly<Record<string, { times: number; status: number }>> = {
  pm_flaky: { times: 2, status: 500 },
  pm_busy: { times: 1, status: 429 },
};

export async function startSimulatedStripe(apiKey: string): Promise<SimulatedStripe> {
  const intents = new Map<string, Intent>();
  const answered = new Map<string, { request: string; answer: Answer }>();
  const refusals = new Map<string, number>();
  const seen: Json[] = [];

  /** What every POST has: the first answer of a key is its answer for good, but for those that say nothing was done. */
  function once(key: string, path: string, form: Json, work: () => Answer): Answer {
    const request = JSON.stringify([path, form]);
    const before = answered.get(key);
    if (before !== undefined && before.request !== request)
      return refuse(400, { type: 'idempotency_error', message: 'Keys for idempotent requests can only be used with the same parameters.' });
    if (before !== undefined) return before.answer;
    const turned = TIMES[String(form.payment_method)];
    const times = refusals.get(key) ?? 0;
    if (turned !== undefined && times < turned.times) {
      refusals.set(key, times + 1);
      return refuse(turned.status, { type: 'api_error', message: 'Try again.' }, turned.status === 429 ? { 'retry-after': '1' } : {});
    }
    const answer = work();
    if (answer !== 'hang')
      answered.set(key, { request, answer: answer === 'cut' ? { status: 200, body: shown([...intents.values()].at(-1)) } : answer });
    return answer;
  }

  function createIntent(form: Json): Answer {
    const method = String(form.payment_method);
    if (method === 'pm_hang') return 'hang';
    if (!/^pm_(card_|flaky|busy|processing|cut)/.test(method))
      return refuse(400, { type: 'invalid_request_error', code: 'resource_missing', message: `No such PaymentMethod: '${method}'` });
    const declined = DECLINES[method];
    const status = declined !== undefined ? 'requires_payment_method' : method === 'pm_processing' ? 'processing' : 'succeeded';
    const metadata = Object.fromEntries(
      Object.entries(form).flatMap(([name, value]) => (name.startsWith('metadata[') ? [[name.slice(9, -1), String(value)]] : [])),
    );
    const id = `pi_${randomBytes(8).toString('hex')}`;
    const intent: Intent = {
      id,
      object: 'payment_intent',
      amount: Number(form.amount),
      currency: String(form.currency),
      status,
      metadata,
      last_payment_error: declined ?? null,
      refunded: 0,
    };
    intents.set(id, intent);
    if (declined !== undefined) return refuse(402, { type: 'card_error', ...declined, payment_intent: shown(intent) });
    return method === 'pm_cut' ? 'cut' : { status: 200, body: shown(intent) };
  }

  function createRefund(form: Json): Answer {
    const intent = intents.get(String(form.payment_intent));
    if (intent === undefined)
      return refuse(404, { type: 'invalid_request_error', code: 'resource_missing', message: 'No such payment_intent.' });
    if (intent.refunded >= intent.amount)
      return refuse(400, {
        type: 'invalid_request_error',
        code: 'charge_already_refunded',
        message: 'The charge has already been refunded.',
      });
    intent.refunded = form.amount === undefined ? intent.amount : intent.refunded + Number(form.amount);
    return { status: 200, body: { id: `re_${randomBytes(8).toString('hex')}`, object: 'refund', status: 'succeeded' } };
  }

  function answer(method: string, url: URL, form: Json, headers: { key: string; authorization: string }): Answer {
    if (headers.authorization !== `Bearer ${apiKey}`)
      return refuse(401, { type: 'invalid_request_error', message: 'Invalid API Key provided.' });
    const path = `${method} ${url.pathname}`;
    if (path === 'POST /v1/payment_intents') return once(headers.key, path, form, () => createIntent(form));
    if (path === 'POST /v1/refunds') return once(headers.key, path, form, () => createRefund(form));
    if (path === 'GET /v1/payment_intents/search') {
      const wanted = /^metadata\['payment'\]:'(.*)'$/.exec(url.searchParams.get('query') ?? '')?.[1];
      return {
        status: 200,
        body: { object: 'search_result', data: [...intents.values()].filter(({ metadata }) => metadata.payment === wanted).map(shown) },
      };
    }
    const intent = intents.get(url.pathname.split('/').at(-1) ?? '');
    return intent === undefined
      ? refuse(404, { type: 'invalid_request_error', code: 'resource_missing', message: 'No such payment_intent.' })
      : { status: 200, body: shown(intent) };
  }

  const listener = await listen({
    host: '127.0.0.1',
    port: 0,
    shutdownTimeoutMs: 100,
    handler: (req, res) =>
      void text(req).then((body) => {
        const form = Object.fromEntries(new URLSearchParams(body));
        const { authorization = '', 'idempotency-key': key, 'content-type': type, 'stripe-version': version } = req.headers;
        if (req.method === 'POST') seen.push({ type, version, ...form });
        const reply = answer(req.method ?? '', new URL(req.url ?? '/', 'http://stripe'), form, { authorization, key: String(key) });
        if (reply === 'cut') return void res.destroy();
        if (reply !== 'hang')
          res.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers }).end(JSON.stringify(reply.body));
      }),
  });
  return { url: listener.url, intents, seen, [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose]() };
}

function refuse(status: number, error: Json, headers: Record<string, string> = {}): Answer {
  return { status, body: { error }, headers };
}

/** An intent with its charge expanded. */
function shown(intent: Intent | undefined): Json {
  if (intent === undefined) return {};
  const { refunded, ...rest } = intent;
  return {
    ...rest,
    amount_received: intent.status === 'succeeded' ? intent.amount : 0,
    latest_charge: intent.status === 'succeeded' ? { id: 'ch_1', object: 'charge', refunded: refunded >= intent.amount } : null,
  };
}
