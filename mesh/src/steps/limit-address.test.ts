import { AppError, type ErrorCode } from '@portico/contracts/errors';
import { describe, expect, it } from 'vitest';
import type { AddressLimits } from '../limits/address-limits.ts';
import type { Answer } from '../rest/answer/answer.ts';
import type { Endpoint, RestRequest } from '../rest/rest-request.ts';
import { limitAddress } from './limit-address.ts';

const ANSWER: Answer = { status: 200, headers: {}, body: undefined };
const KNOWN = { record: {}, scopes: new Set() };
type Given = { method?: string; access?: Endpoint['access']; known?: 'before' | 'on the way'; fails?: ErrorCode };

/** Sends one request through the step; answers what happened to its address. */
async function pass({ method = 'GET', access = { scopes: [] }, known, fails }: Given): Promise<string[]> {
  const events: string[] = [];
  const addresses: AddressLimits = {
    refuseBlocked: () => void events.push('looked up'),
    countFailure: async () => void events.push('failure counted'),
    countPublic: async () => void events.push('request counted'),
    countStray: async () => void events.push('stray counted'),
  };
  // The step looks at no more than this of a request.
  const request = { method, endpoint: { access }, remoteAddress: '203.0.113.7', credentials: undefined } as RestRequest;
  const become = (): void => void Object.assign(request, { credentials: KNOWN });
  if (known === 'before') become();
  const next = async (): Promise<Answer> => {
    events.push('passed on');
    if (known === 'on the way') become();
    if (fails !== undefined) throw new AppError(fails);
    return ANSWER;
  };
  const outcome = limitAddress(addresses)(request, next).catch((error: AppError) => error.code);
  expect(await outcome).toEqual(fails ?? ANSWER);
  return events;
}

describe('the limit of an address', () => {
  it.each<[string, Given, string[]]>([
    ['looks an address up before anything else', {}, ['looked up', 'passed on']],
    ['counts who is not known', { fails: 'AUTHENTICATION_ERROR' }, ['looked up', 'passed on', 'failure counted']],
    ['counts who may not come from there', { fails: 'AUTHORIZATION_ERROR' }, ['looked up', 'passed on', 'failure counted']],
    ['counts no mistake in a request', { fails: 'VALIDATION_ERROR' }, ['looked up', 'passed on']],
    ['counts no missing scope of somebody known', { known: 'before', fails: 'AUTHORIZATION_ERROR' }, ['looked up', 'passed on']],
    ['counts no failure of who became known on the way', { known: 'on the way', fails: 'AUTHORIZATION_ERROR' }, ['looked up', 'passed on']],
    ['leaves public reads open to who failed elsewhere', { access: 'public' }, ['request counted', 'passed on']],
    [
      'closes public routes that take credentials to who guesses them',
      { access: 'public', method: 'POST', fails: 'AUTHENTICATION_ERROR' },
      ['looked up', 'request counted', 'passed on', 'failure counted'],
    ],
  ])('%s', async (_, given, expected) => {
    expect(await pass(given)).toEqual(expected);
  });
});
