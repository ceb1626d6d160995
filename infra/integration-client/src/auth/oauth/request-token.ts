// One token request. oauth4webapi does the protocol; undici's own request carries it, because the fetch that is built into Node refuses the
// Agents of another undici, and with them client certificates, and because a fetch unpacks what is compressed: 500 bytes can be 300 MB.
import { createPrivateKey } from 'node:crypto';
import {
  allowInsecureRequests,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  clientCredentialsGrantRequest,
  customFetch,
  PrivateKeyJwt,
  processClientCredentialsResponse,
  ResponseBodyError,
  TlsClientAuth,
  WWWAuthenticateChallengeError,
} from 'oauth4webapi';
import { type Agent, type Dispatcher, request } from 'undici';
import type { Secret } from '../../secrets.ts';
import type { ClientCredentialsAuth } from '../auth-declaration.ts';
import { CredentialFailure } from '../credential-failure.ts';
import { clientCertificate, clientKey, clientSecret, readValues, requirePair } from '../secret/secret-values.ts';

export type Token = {
  readonly accessToken: string;
  /** Of the secret that it was asked for with. */
  readonly secretVersion: string;
  /** In ms of the epoch. */
  readonly obtainedAt: number;
  readonly expiresAt: number;
};

/** How long a token is taken to live whose answer does not say. */
const UNSAID_LIFETIME_MS = 300_000;
const TIMEOUT_MS = 5_000;
const MAX_ANSWER_BYTES = 65_536;
// A line break would begin another header.
const TOKEN = /^[\x21-\x7e]+$/;

export type RequestToken = (
  auth: ClientCredentialsAuth,
  secret: Secret,
  agent: Agent,
  now: () => number,
  closing: AbortSignal,
) => Promise<Token>;

/** Rejects with CredentialFailure: `refused` for an OAuth error, `unreachable` for everything else that is no token. */
export async function requestToken(
  auth: ClientCredentialsAuth,
  secret: Secret,
  agent: Agent,
  now: () => number,
  closing: AbortSignal,
): Promise<Token> {
  const { clientId, authentication } = await clientOf(auth, secret);
  const server = { issuer: auth.tokenUrl, token_endpoint: auth.tokenUrl };
  const client = { client_id: clientId };
  const parameters = new URLSearchParams();
  if (auth.scope !== undefined) parameters.set('scope', auth.scope);
  if (auth.audience !== undefined) parameters.set('audience', auth.audience);
  try {
    const response = await clientCredentialsGrantRequest(server, client, authentication, parameters, {
      [customFetch]: fetchThrough(agent),
      // The declaration lets plain HTTP pass for loopback only.
      [allowInsecureRequests]: auth.tokenUrl.startsWith('http:'),
      signal: AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), closing]),
    });
    const answer = await processClientCredentialsResponse(server, client, response);
    if (answer.token_type !== 'bearer' || !TOKEN.test(answer.access_token))
      throw new CredentialFailure('unreachable', 'The token endpoint gave a token that cannot be sent.');
    const obtainedAt = now();
    const livesMs = answer.expires_in === undefined ? UNSAID_LIFETIME_MS : answer.expires_in * 1_000;
    return { accessToken: answer.access_token, secretVersion: secret.version, obtainedAt, expiresAt: obtainedAt + livesMs };
  } catch (error) {
    throw failureOf(error);
  }
}

/** Throws CredentialFailure (`unusable`) when the secret has not what this way of client authentication needs. */
export function requireClient(auth: ClientCredentialsAuth, secret: Secret): void {
  const { name } = auth.client;
  if (auth.authMethod === 'tls') requirePair(readValues(clientCertificate, secret, name), name);
  else if (auth.authMethod === 'private_key_jwt') signingKeyOf(readValues(clientKey, secret, name).privateKey, name);
  else readValues(clientSecret, secret, name);
}

async function clientOf(auth: ClientCredentialsAuth, secret: Secret): Promise<{ clientId: string; authentication: ClientAuth }> {
  const { name } = auth.client;
  if (auth.authMethod === 'tls') return { clientId: readValues(clientCertificate, secret, name).clientId, authentication: TlsClientAuth() };
  if (auth.authMethod === 'private_key_jwt') {
    const { clientId, privateKey, keyId } = readValues(clientKey, secret, name);
    const key = signingKeyOf(privateKey, name);
    return { clientId, authentication: PrivateKeyJwt(keyId === undefined ? key : { key, kid: keyId }) };
  }
  const values = readValues(clientSecret, secret, name);
  const method = auth.authMethod === 'body' ? ClientSecretPost : ClientSecretBasic;
  return { clientId: values.clientId, authentication: method(values.clientSecret) };
}

function signingKeyOf(pem: string, name: string): CryptoKey {
  try {
    const key = createPrivateKey(pem);
    const algorithm =
      key.asymmetricKeyType === 'ec' ? { name: 'ECDSA', namedCurve: 'P-256' } : { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
    // Node's own type of it names usages that the library's does not know yet.
    return key.toCryptoKey(algorithm, false, ['sign']) as CryptoKey;
  } catch {
    throw new CredentialFailure('unusable', `The secret "${name}" holds no RSA or P-256 private key.`);
  }
}

function fetchThrough(agent: Agent): typeof globalThis.fetch {
  // oauth4webapi passes a URL and plain options, and reads status, headers, body. A redirect is an answer like others.
  const fetch = async (url: string, { headers, body, signal }: FetchOptions): Promise<Response> => {
    const answer = await request(url, { method: 'POST', headers, body: String(body), signal, dispatcher: agent });
    const given = Object.entries(answer.headers).map(([name, value]): [string, string] => [name, String(value)]);
    return new Response(await boundedBody(answer.body), { status: answer.statusCode, headers: given });
  };
  return fetch as unknown as typeof globalThis.fetch;
}

type FetchOptions = { headers: Record<string, string>; body: URLSearchParams; signal: AbortSignal };

/** The bytes as they came. Throws when they are too many; leaving the loop ends the connection. */
async function boundedBody(body: Dispatcher.ResponseData['body']): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new RangeError('The answer is too long.');
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

// What the authority says is untrusted text: only an error code of RFC 6749's alphabet is repeated.
function failureOf(error: unknown): CredentialFailure {
  if (error instanceof CredentialFailure) return error;
  if (error instanceof ResponseBodyError && error.status < 500) {
    const code = /^[a-z_]{1,40}$/.test(error.error) ? error.error : 'an error';
    return new CredentialFailure('refused', `The token endpoint answered ${code}.`);
  }
  if (error instanceof WWWAuthenticateChallengeError) return new CredentialFailure('refused', 'The token endpoint answered 401.');
  return new CredentialFailure('unreachable', 'The token endpoint did not answer with a token.');
}
