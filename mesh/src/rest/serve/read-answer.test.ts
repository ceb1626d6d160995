import { testCaller } from '@portico/service-kit/testing';
import { describe, expect, it } from 'vitest';
import { createResponseCache } from '../../cache/response-cache.ts';
import { V1, V2 } from '../../contracts/conventions.ts';
import { createEnvelope } from '../answer/answer.ts';
import type { RestRequest } from '../rest-request.ts';
import { readAnswer } from './read-answer.ts';
import type { Serving } from './serving.ts';

const REST = ',"pagination":{"page":1}';

const warning = { code: 'DEPRECATED', message: 'Über' } as const;
const plain = createEnvelope(V1);
const warned = createEnvelope(V2, [warning]);

describe('an answer from the cache', () => {
  it.each([
    ['plain ASCII', '{"name":"Lena"}', plain],
    ['with a warning', '{"name":"Lena"}', warned],
    ['two bytes a character', '{"name":"Łukasz Größe"}', plain],
    ['three and four', '{"name":"株式会社 😀"}', plain],
    ['one beyond Unicode', '{"name":"\ud800"}', plain],
  ])('is as long as it says: %s', async (_, data, envelope) => {
    const cache = createResponseCache({ versions: { current: async () => '1' }, bytesMax: 10_000, nowMs: () => 0 });
    const caller = testCaller();
    const request = { incoming: { headers: {} }, target: '/a', requestId: caller.requestId, caller } as RestRequest;
    const show = () => readAnswer({ cache, envelope } as Serving, request, async () => ({ data, rest: REST, etag: '"1"' }));
    await show();
    const produced = await show();
    const kept = await show();
    expect(kept.headers['x-cache']).toBe('hit');
    expect(kept.body).toBe(produced.body);
    expect(kept.bodyBytes).toBe(Buffer.from(String(kept.body)).length);
  });
});
