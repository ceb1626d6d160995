import { AppError } from '@portico/contracts/errors';
import { expect, it } from 'vitest';
import { errorAnswer } from '../rest/answer/error-answer.ts';
import { NESTED_ERROR } from '../rest/answer/error-forms.ts';
import type { RestRequest } from '../rest/rest-request.ts';
import { answerIdempotently } from './answer-idempotently.ts';

/** What becomes of a key whose request ends like this. */
async function becomesOf(end: () => Promise<never>): Promise<string[]> {
  const calls: string[] = [];
  const step = answerIdempotently(
    {
      claim: async () => ({ kind: 'claimed', seed: 'seed', lockedUntil: new Date(0) }),
      keep: async (_tenant, key, { seed }, { status }) => void calls.push(`kept ${key} ${seed} ${status}`),
      release: async (_tenant, key, { seed }) => void calls.push(`released ${key} ${seed}`),
      sweep: async () => {},
    },
    (error) => errorAnswer(error, { form: NESTED_ERROR, requestId: 'req_1', docsUrl: '/docs', now: new Date(0) }),
  );
  // The step looks at no more than this of a request.
  const request = {
    requestId: 'req_1',
    method: 'POST',
    target: '/api/v1/orders',
    body: Buffer.from('{}'),
    caller: { accountId: 'acct_1', mode: 'test' },
    endpoint: { idempotent: true },
    incoming: { headers: { 'idempotency-key': 'key' } },
  } as unknown as RestRequest;
  await step(request, end);
  return calls;
}

it.each([
  ['keeps a refusal, which another try would get too', new AppError('CONFLICT'), ['kept key seed 409']],
  ['keeps no answer that says when to come again', new AppError('CONFLICT', 'Try again.', { retryAfterSeconds: 1 }), ['released key seed']],
  ['keeps no failure of ours', new AppError('SERVICE_UNAVAILABLE'), ['released key seed']],
])('%s', async (_, error, became) => {
  expect(await becomesOf(() => Promise.reject(error))).toEqual(became);
});
