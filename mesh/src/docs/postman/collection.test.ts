import { createHash, createHmac } from 'node:crypto';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { signRequest } from '../../access/sign-request.ts';
import { v1 } from '../../contracts/v1/version.ts';
import { exampleRequests, targetOf } from '../samples/example-request.ts';
import { postmanCollection } from './collection.ts';

// The parts of the published schema of format 2.1 that the collection uses, and nothing beside them.
const pair = z.strictObject({ key: z.string().min(1), value: z.string(), type: z.literal('string').optional() });
const body = z.discriminatedUnion('mode', [
  z.strictObject({
    mode: z.literal('raw'),
    raw: z.string(),
    options: z.strictObject({ raw: z.strictObject({ language: z.literal('json') }) }),
  }),
  z.strictObject({ mode: z.literal('urlencoded'), urlencoded: z.array(pair) }),
]);
const item = z.strictObject({
  name: z.string().min(1),
  request: z.strictObject({
    method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
    description: z.string(),
    header: z.array(pair),
    url: z.strictObject({ raw: z.string(), host: z.array(z.string()), path: z.array(z.string()), query: z.array(pair).optional() }),
    body: body.optional(),
    auth: z.strictObject({ type: z.literal('basic'), basic: z.array(pair) }).optional(),
  }),
  response: z.tuple([]),
});
const event = (listen: string) =>
  z.strictObject({ listen: z.literal(listen), script: z.strictObject({ type: z.literal('text/javascript'), exec: z.array(z.string()) }) });
const collection = z.strictObject({
  info: z.strictObject({
    name: z.string(),
    description: z.string(),
    schema: z.literal('https://schema.getpostman.com/json/collection/v2.1.0/collection.json'),
  }),
  auth: z.strictObject({ type: z.literal('noauth') }),
  event: z.tuple([event('prerequest'), event('test')]),
  variable: z.array(pair),
  item: z.array(z.strictObject({ name: z.string(), item: z.array(item) })),
});
type Item = z.infer<typeof item>;

const read = collection.parse(postmanCollection(v1));
const requests = read.item.flatMap((folder) => folder.item);
const given = Object.fromEntries(read.variable.map(({ key, value }) => [key, value]));
const variables: Record<string, string> = { ...given, key: 'ak_test_x', secret: 'sk_x' };
const replaceIn = (text: string): string => text.replaceAll(/\{\{([$\w]+)\}\}/g, (whole, name) => variables[name] ?? whole);

/** Runs the collection's script as Postman does before a request; answers the request as it goes out. */
function beforeSending({ request }: Item): { headers: Map<string, string>; target: string; body: string } {
  const headers = new Map(request.header.map(({ key, value }) => [key, value]));
  const target = request.url.raw.replace('{{baseUrl}}', '');
  const sent = {
    raw: request.body?.mode === 'raw' ? request.body.raw : undefined,
    update: (changed: { raw: string }) => Object.assign(sent, changed),
  };
  const wrapped = (bytes: Buffer) => ({ toString: () => bytes.toString('hex') });
  runInNewContext(read.event[0].script.exec.join('\n'), {
    pm: {
      request: {
        method: request.method,
        url: { getPathWithQuery: () => target },
        body: sent,
        headers: {
          get: (name: string) => headers.get(name),
          upsert: ({ key, value }: { key: string; value: string }) => headers.set(key, value),
        },
      },
      variables: { replaceIn, get: (name: string) => variables[name] },
    },
    CryptoJS: {
      SHA256: (text: string) => wrapped(createHash('sha256').update(text).digest()),
      HmacSHA256: (text: string, key: string) => wrapped(createHmac('sha256', key).update(text).digest()),
    },
  });
  for (const [name, value] of headers) headers.set(name, replaceIn(value));
  return { headers, target: replaceIn(target), body: sent.raw ?? '' };
}

describe('the Postman collection', () => {
  it('has every operation of the OpenAPI document once, and a variable for all that is in its paths', () => {
    expect(requests.map(({ request }) => `${request.method} ${replaceIn(request.url.raw)}`).sort()).toEqual(
      exampleRequests(v1)
        .map((request) => `${request.method} ${given.baseUrl}${targetOf(request)}`)
        .sort(),
    );
  });

  it('puts what was created in the place of the example, in paths and bodies', () => {
    const set: Record<string, string> = {};
    runInNewContext(read.event[1].script.exec.join('\n'), {
      pm: {
        response: { code: 201, json: () => ({ data: { id: 'cust_new' } }) },
        collectionVariables: { toObject: () => given, set: (name: string, value: string) => Object.assign(set, { [name]: value }) },
      },
    });
    expect(set).toEqual({ customerId: 'cust_new' });
    const placed = requests.find(({ name }) => name === 'Place an order')?.request.body;
    expect(placed?.mode === 'raw' ? JSON.parse(placed.raw) : undefined).toMatchObject({
      customerId: '{{customerId}}',
      items: [{ productId: '{{productId}}' }],
    });
  });

  it.each(requests)('signs as the gateway verifies, or does not where there is no key: $name', (one) => {
    const { headers, target, body } = beforeSending(one);
    if (!headers.has('X-API-Key')) return expect([...headers.keys()]).toEqual([]);
    const signed = signRequest({
      ...{ method: one.request.method, target, body, key: 'ak_test_x', secret: 'sk_x', scheme: 'v2' },
      nowMs: Number(headers.get('X-Timestamp')) * 1_000,
    });
    expect(Object.fromEntries(headers)).toMatchObject(signed);
  });
});
