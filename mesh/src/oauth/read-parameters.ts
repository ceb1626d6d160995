// The parameters of a request to the authorization server: a form, as RFC 6749 has it, or the same as JSON.
import { type OAuthOutcome, refuse } from '@portico/contracts/token-service';
import { parseJson } from '@portico/service-kit/parse-json';
import { headerOf, type RestRequest } from '../rest/rest-request.ts';

export type Parameters = ReadonlyMap<string, string>;

const PARAMETERS_MAX = 20;
const VALUE_LENGTH_MAX = 16_384;
const TEXT = /"(?:[^"\\]|\\.)*"/g;

/** Refused: a parameter that comes twice (3.2), or is no text. One without a value counts as absent. */
export function readParameters(request: RestRequest): OAuthOutcome<Parameters> {
  const pairs = /^application\/json\b/i.test(headerOf(request, 'content-type') ?? '') ? fromJson(request.body) : fromForm(request.body);
  if (pairs === undefined) return refuse('invalid_request', 'The body is not a JSON object of texts, each under a name of its own.');
  const parameters = new Map<string, string>();
  if (pairs.length > PARAMETERS_MAX) return refuse('invalid_request', 'There are too many parameters.');
  for (const [name, value] of pairs) {
    if (parameters.has(name)) return refuse('invalid_request', `The parameter ${name} comes twice.`);
    if (value.length > VALUE_LENGTH_MAX) return refuse('invalid_request', `The parameter ${name} is too long.`);
    parameters.set(name, value);
  }
  return { kind: 'granted', value: new Map([...parameters].filter(([, value]) => value !== '')) };
}

function fromForm(body: Buffer): [string, string][] {
  return [...new URLSearchParams(body.toString())];
}

function fromJson(body: Buffer): [string, string][] | undefined {
  const given = parseJson(body);
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return undefined;
  const pairs = Object.entries(given);
  // Of a name that comes twice the parser tells the last: then there are more texts than names and values.
  if ([...body.toString().matchAll(TEXT)].length !== pairs.length * 2) return undefined;
  return pairs.every((pair): pair is [string, string] => typeof pair[1] === 'string') ? pairs : undefined;
}
