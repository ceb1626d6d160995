import { readFile } from 'node:fs/promises';
import type { SignatureScheme } from '@portico/contracts/access-records';
import { signRequest } from '@portico/mesh/access/sign-request';
import { Client } from 'undici';
import { type Command, type CommandIo, type Given, UsageError } from '../../cli/command.ts';
import { parseChoice } from '../../cli/parse-choice.ts';
import { loadLocalConfig } from '../../config.ts';
import { readDemoKey } from '../../kept/demo-account.ts';
import { readRunning } from '../../kept/running-file.ts';
import { messageOf } from '../../read-error.ts';
import { curlCommand } from './curl-command.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
const SCHEMES: readonly SignatureScheme[] = ['v2', 'sha256'];
const TIMEOUT_MS = 30_000;
/** Answer headers worth reading at a terminal. */
const SHOWN = /^(etag|location|link|retry-after|x-ratelimit-|ratelimit|x-request-id|idempotent-replayed)/;

export const request: Command = {
  name: 'request',
  about: 'Signs a request, sends it and prints the answer. Fails for a status of 400 or more.',
  words: ['method', 'target'],
  options: {
    key: { value: 'ak_…', about: 'API key (default: the key that `npm start` prints)' },
    secret: { value: 'sk_…', about: 'Its signing secret' },
    data: { value: 'json', about: 'Body; @file reads a file, - standard input' },
    header: { value: 'name: value', about: 'One more header; may be repeated', repeated: true },
    url: { value: 'url', about: 'Scheme, host and port (default: where `npm start` listens)' },
    scheme: { value: SCHEMES.join('|'), about: 'Signature', default: 'v2' },
    curl: { about: 'Prints the request as a curl command and sends nothing' },
    json: { about: 'Prints status, headers and body as one JSON object' },
  },
  async run(given, io) {
    const { origin, method, target, body, headers, key, secret } = await readRequest(given, io);
    if (given.isSet('curl')) {
      io.out(curlCommand({ origin, method, target, body, headers, key, secret }));
      return 0;
    }
    const scheme = parseChoice('scheme', SCHEMES, given);
    const signed = signRequest({ method, target, body, key, secret, scheme, nowMs: io.now().getTime() });
    // A client, not a URL: a URL would tidy up the target, and the signature would be of another one.
    const client = new Client(origin, { headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS });
    try {
      const answer = await client.request({ path: target, method, body: body ?? null, headers: { ...headers, ...signed } });
      print(given, io, answer.statusCode, answer.headers, await answer.body.text());
      return answer.statusCode < 400 ? 0 : 1;
    } catch (error) {
      throw new Error(`${origin} does not answer: ${messageOf(error)}. Is the platform running (npm start)?`);
    } finally {
      await client.close();
    }
  },
};

async function readRequest(given: Given, io: CommandIo) {
  const { dataDir, PORT } = loadLocalConfig(io.env);
  const method = METHODS.find((name) => name === given.word(0).toUpperCase());
  if (method === undefined) throw new UsageError(`${JSON.stringify(given.word(0))} is not a method; it is one of ${METHODS.join(', ')}.`);
  const target = given.word(1);
  if (!/^\/[\x21-\x7e]*$/.test(target)) throw new UsageError(`The target begins with / and is percent-encoded: ${encodeURI(target)}`);
  const demo = given.text('key') === undefined ? readDemoKey(dataDir) : undefined;
  const [key, secret] = [given.text('key') ?? demo?.key, given.text('secret') ?? demo?.secret];
  if (key === undefined || secret === undefined) {
    throw new UsageError('--key and --secret are needed: `npm start` prints one, `npm run portico -- keys create` makes one.');
  }
  const body = await readBody(given.text('data'), io);
  const headers = { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...readHeaders(given.texts('header')) };
  return {
    origin: originOf(given.text('url') ?? readRunning(dataDir)?.publicUrl ?? `http://127.0.0.1:${PORT}`),
    method,
    target,
    body,
    headers,
    key,
    secret,
  };
}

async function readBody(data: string | undefined, io: CommandIo): Promise<string | undefined> {
  if (data === '-') return (await io.readInput()).toString();
  return data?.startsWith('@') ? readFile(data.slice(1), 'utf8') : data;
}

function readHeaders(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      if (colon < 1) throw new UsageError(`--header takes "name: value", not ${JSON.stringify(line)}.`);
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
}

function originOf(url: string): string {
  if (!URL.canParse(url)) throw new UsageError(`--url takes an address as http://127.0.0.1:4000, not ${JSON.stringify(url)}.`);
  return new URL(url).origin;
}

function print(
  given: Given,
  io: CommandIo,
  status: number,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  text: string,
): void {
  const body = parseJson(text);
  if (given.isSet('json')) {
    io.out(JSON.stringify({ status, headers, body }));
    return;
  }
  // The status goes beside the body, not into it: the output can be piped.
  io.err(`HTTP ${status}`);
  for (const [name, value] of Object.entries(headers)) if (SHOWN.test(name)) io.err(`${name}: ${String(value)}`);
  if (text !== '') io.out(typeof body === 'string' ? body : JSON.stringify(body, undefined, 2));
}

/** What the text says as JSON, else the text. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
