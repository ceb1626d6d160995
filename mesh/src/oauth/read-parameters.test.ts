import { expect, it } from 'vitest';
import type { RestRequest } from '../rest/rest-request.ts';
import { readParameters } from './read-parameters.ts';

/** The reader looks at no more than this of a request. */
const read = (contentType: string, body: string) =>
  readParameters({ body: Buffer.from(body), incoming: { headers: { 'content-type': contentType } } } as unknown as RestRequest);

it.each([
  ['application/x-www-form-urlencoded', 'scope=read&scope=write'],
  ['application/json', '{"scope":"read","scope":"write"}'],
  ['application/json', '{"scope":{"a":"b"},"scope":"write"}'],
  ['application/json', '{"sco\\u0070e":"\\"read\\\\","scope":"write"}'],
])('a parameter that comes twice is refused, whichever of them would count: %s, %s', (contentType, body) => {
  expect(read(contentType, body)).toMatchObject({ kind: 'refused', error: 'invalid_request' });
});

it('an empty object has no parameters', () => {
  expect(read('application/json', '{}')).toEqual({ kind: 'granted', value: new Map() });
});

it('parameters are the same as JSON and as a form', () => {
  const given = { grant_type: 'refresh_token', refresh_token: 'a"b\\', scope: '' };
  const value = new Map([
    ['grant_type', 'refresh_token'],
    ['refresh_token', 'a"b\\'],
  ]);
  expect(read('application/json', JSON.stringify(given))).toEqual({ kind: 'granted', value });
  expect(read('application/x-www-form-urlencoded', `${new URLSearchParams(given)}`)).toEqual({ kind: 'granted', value });
});
