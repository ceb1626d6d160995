import { errorOf, parsed } from './portico-error.ts';
import { pause, waitMs } from './retry.ts';
import { type KeyAndSecret, signRequest } from './sign-request.ts';
import { type Many, type One, OPERATIONS, type Operations, PREFIX } from './v1.generated.ts';

export type PorticoOptions = (KeyAndSecret | { readonly token: string | (() => string | Promise<string>) }) & {
  /** Without a path. */
  readonly baseUrl: string;
  /** Of one attempt; 30 s without it. */
  readonly timeoutMs?: number;
  /** How often what failed by itself is sent again; 3 times without it. */
  readonly retries?: number;
  readonly fetch?: typeof fetch;
};

export type Options = {
  /** Of a POST or PATCH; one is made for each call without it. Give your own where the call itself may be made again. */
  readonly idempotencyKey?: string;
  /** ETag of the version to change: PRECONDITION_FAILED when it is another. */
  readonly ifMatch?: string;
  readonly signal?: AbortSignal;
};

/** With `fields` nothing else is there. */
type Chosen<Data, Given> = Given extends { fields: string }
  ? Data extends object
    ? { [Name in keyof Data]?: Chosen<Data[Name], Given> }
    : Data
  : Data;
type AnswerTo<Answer, Given> =
  Answer extends Many<infer Data> ? Many<Chosen<Data, Given>> : Answer extends One<infer Data> ? One<Chosen<Data, Given>> : Answer;

type Name = keyof Operations;
/** Needs no first argument where nothing has to be given. */
type Call<Given, Answer> =
  Partial<Given> extends Given
    ? <Own extends Given>(given?: Own, options?: Options) => Promise<AnswerTo<Answer, Own>>
    : <Own extends Given>(given: Own, options?: Options) => Promise<AnswerTo<Answer, Own>>;
type ListName = { [Operation in Name]: Operations[Operation]['answer'] extends Many<unknown> ? Operation : never }[Name];
type ItemOf<List extends ListName> = Operations[List]['answer'] extends Many<infer Data> ? Data : never;

export type Portico = { readonly [Operation in Name]: Call<Operations[Operation]['given'], Operations[Operation]['answer']> } & {
  /** Everything in a list, by cursor: `for await (const order of portico.each('listOrders', { status: ['pending'] }))`. */
  each<List extends ListName, Own extends Operations[List]['given']>(
    list: List,
    given?: Own,
    options?: Pick<Options, 'signal'>,
  ): AsyncGenerator<Chosen<ItemOf<List>, Own>, void>;
};

type Request = { readonly method: string; readonly url: URL; readonly headers: Record<string, string>; readonly body: string };
type Outcome =
  | { readonly kind: 'answered'; readonly answer: Response; readonly text: string }
  | { readonly kind: 'lost'; readonly error: unknown };
type Given = Readonly<Record<string, unknown>>;

const TIMEOUT_MS = 30_000;
const RETRIES = 3;
const STEP = 100;

/** A client of the API: one function per operation. They answer what the API answers, or reject with a PorticoError, or with what `fetch` rejects with. */
export function createPortico(options: PorticoOptions): Portico {
  const { timeoutMs = TIMEOUT_MS, retries = RETRIES, fetch: send = fetch } = options;

  async function proof(request: Request): Promise<Record<string, string>> {
    if (!('token' in options)) return signRequest(options, request);
    const { token } = options;
    return { Authorization: `Bearer ${typeof token === 'string' ? token : await token()}` };
  }

  async function attempt(request: Request, signal: AbortSignal | undefined): Promise<Outcome> {
    const { method, url, body } = request;
    const deadline = AbortSignal.timeout(timeoutMs);
    try {
      const answer = await send(url, {
        method,
        headers: { ...request.headers, ...(await proof(request)) },
        redirect: 'error',
        signal: signal === undefined ? deadline : AbortSignal.any([deadline, signal]),
        ...(body === '' ? {} : { body }),
      });
      return { kind: 'answered', answer, text: await answer.text() };
    } catch (error) {
      return { kind: 'lost', error };
    }
  }

  async function call(name: Name, given: Given = {}, { signal, ...more }: Options = {}): Promise<unknown> {
    const request = requestOf(options.baseUrl, name, given, more);
    for (let tried = 0; ; tried += 1) {
      const outcome = await attempt(request, signal);
      const answer = outcome.kind === 'answered' ? outcome.answer : undefined;
      if (answer?.ok !== true) signal?.throwIfAborted();
      const wait = tried < retries ? waitMs(tried, answer) : undefined;
      if (wait === undefined) return dataOf(outcome);
      await pause(wait, signal);
    }
  }

  async function* each(list: Name, given: Given = {}, own: Options = {}): AsyncGenerator<unknown, void> {
    let cursor: string | null = '';
    while (cursor !== null) {
      const page = (await call(list, { limit: STEP, ...given, cursor }, own)) as Many<unknown>;
      yield* page.data;
      cursor = 'nextCursor' in page.pagination ? page.pagination.nextCursor : null;
    }
  }

  const calls = (Object.keys(OPERATIONS) as Name[]).map((name) => [name, (given?: Given, own?: Options) => call(name, given, own)]);
  return { ...Object.fromEntries(calls), each } as unknown as Portico;
}

/** What was answered; throws what went wrong. */
function dataOf(outcome: Outcome): unknown {
  if (outcome.kind === 'lost') throw outcome.error;
  const { answer, text } = outcome;
  if (answer.ok && text === '') return undefined;
  const body = answer.ok ? parsed(text) : undefined;
  if (body === undefined) throw errorOf(answer.status, text, answer.headers.get('x-request-id') ?? undefined);
  return body;
}

function requestOf(baseUrl: string, name: Name, given: Given, { idempotencyKey, ifMatch }: Options): Request {
  const [method, path] = OPERATIONS[name];
  const { body, ...rest } = given;
  const inPath = new Set<string>();
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, parameter: string) => {
    inPath.add(parameter);
    return segmentOf(parameter, rest[parameter]);
  });
  const url = new URL(PREFIX + filled, baseUrl);
  for (const [parameter, value] of Object.entries(rest))
    if (!inPath.has(parameter) && value !== undefined) url.searchParams.set(parameter, queryValue(value));
  const headers: Record<string, string> = {};
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (method === 'POST' || method === 'PATCH') headers['Idempotency-Key'] = idempotencyKey ?? crypto.randomUUID();
  if (ifMatch !== undefined) headers['If-Match'] = ifMatch;
  return { method, url, headers, body: body === undefined ? '' : JSON.stringify(body) };
}

/** One segment of a path. A URL without it, or with `..` for it, would be another operation's. */
function segmentOf(parameter: string, value: unknown): string {
  if (typeof value !== 'string' || value === '' || value === '.' || value === '..')
    throw new TypeError(`${parameter} cannot be ${JSON.stringify(value)}.`);
  return encodeURIComponent(value);
}

/** Several values are separated by commas; a comma in one is written `\,`. */
function queryValue(value: unknown): string {
  return Array.isArray(value) ? value.map((one) => String(one).replaceAll(',', '\\,')).join(',') : String(value);
}
