import { type ClientProof, type OAuthOutcome, refuse } from '@portico/contracts/token-service';
import { readAuthorization } from '../access/read-authorization.ts';
import type { RestRequest } from '../rest/rest-request.ts';
import type { Parameters } from './read-parameters.ts';

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** Who asks: by `Authorization: Basic` or by `client_id` and `client_secret` in the body, never by both (RFC 6749, 2.3). */
export function readClientProof(request: RestRequest, parameters: Parameters): OAuthOutcome<ClientProof> {
  const authorization = readAuthorization(request);
  const [clientId, clientSecret] = [parameters.get('client_id'), parameters.get('client_secret')];
  if (authorization === undefined) {
    return clientId === undefined || clientSecret === undefined
      ? refuse('invalid_client', 'The client must authenticate: Authorization: Basic, or client_id and client_secret.')
      : { kind: 'granted', value: { clientId, clientSecret } };
  }
  if (authorization.scheme !== 'basic') return refuse('invalid_client', 'The client must authenticate by Authorization: Basic.');
  const basic = readBasic(authorization.value);
  if (basic === undefined) return refuse('invalid_client', 'The Authorization header is not base64 of client_id:client_secret.');
  if (clientSecret !== undefined || (clientId !== undefined && clientId !== basic.clientId))
    return refuse('invalid_request', 'The client must authenticate in one way only.');
  return { kind: 'granted', value: basic };
}

/** Both halves are form-encoded before they are joined (RFC 6749, 2.3.1). */
function readBasic(value: string): ClientProof | undefined {
  if (!BASE64.test(value)) return undefined;
  const text = Buffer.from(value, 'base64').toString();
  const colon = text.indexOf(':');
  if (colon < 1) return undefined;
  try {
    const [clientId, clientSecret] = [text.slice(0, colon), text.slice(colon + 1)].map((half) =>
      decodeURIComponent(half.replaceAll('+', ' ')),
    );
    return clientId === undefined || clientSecret === undefined ? undefined : { clientId, clientSecret };
  } catch {
    return undefined;
  }
}
