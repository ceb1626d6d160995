import { TRPCClientError } from '@trpc/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDeveloperClient, createOperatorClient } from '../client.ts';
import { SIDES } from '../sides.ts';
import { openTestSides, PASSWORD, type TestSides } from '../testing/open-test-sides.ts';

let sides: TestSides;
beforeAll(async () => {
  sides = await openTestSides();
});
afterAll(() => sides?.[Symbol.asyncDispose]());

describe('the two sides', () => {
  it('give cookies that are worth nothing on the other side, under either name', async () => {
    // Somebody who may enter both.
    const operator = await sides.operator('both@example.com', 'admin');
    const developer = sides.browser();
    await developer.post('developer', '/sign-in/email', { email: 'both@example.com', password: PASSWORD });
    expect(await createDeveloperClient(sides.urls.developer, developer.fetch).me.get.query()).toMatchObject({ email: 'both@example.com' });
    expect([[...developer.cookies.keys()], [...operator.cookies.keys()]]).toEqual([['portico_developer'], ['portico_operator']]);
    for (const [owner, cookie, other] of [
      [developer, 'portico_developer', 'portico_operator'],
      [operator, 'portico_operator', 'portico_developer'],
    ] as const) {
      owner.cookies.set(other, owner.cookies.get(cookie) ?? '');
    }
    await expect(createOperatorClient(sides.urls.operator, developer.fetch).me.get.query()).rejects.toMatchObject({
      data: { code: 'AUTHENTICATION_ERROR' },
    });
    await expect(createDeveloperClient(sides.urls.developer, operator.fetch).me.get.query()).rejects.toMatchObject({
      data: { code: 'AUTHENTICATION_ERROR' },
    });
  });

  it('give cookies that pages cannot read and that other sites’ requests do not carry', async () => {
    await sides.signUp('flags@example.com');
    const response = await fetch(`${sides.urls.developer}/portal/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'flags@example.com', password: PASSWORD }),
    });
    const [cookie = ''] = response.headers.getSetCookie();
    expect(cookie).toMatch(/^portico_developer=/);
    for (const flag of [/; HttpOnly/i, /; SameSite=Strict/i, /; Path=\/portal\/api/i]) expect(cookie).toMatch(flag);
  });

  it.each<[string, Record<string, string>, number]>([
    ['of another origin', { origin: 'https://evil.example' }, 403],
    ['without an origin', { origin: 'null' }, 403],
    ['that the browser says is elsewhere', { 'sec-fetch-site': 'cross-site' }, 403],
    ['that sends a form', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['that sends text', { 'content-type': 'text/plain' }, 415],
    ['of the same origin', { origin: 'http://portal.test' }, 200],
  ])('answer a page %s accordingly, for procedures and for sign-in', async (_, headers, status) => {
    const { fetch: send } = await sides.developer(`csrf-${JSON.stringify(headers).replace(/\W+/g, '')}@example.com`.toLowerCase());
    const post = async (path: string, body: object): Promise<number> => {
      const merged = { 'content-type': 'application/json', ...headers };
      return (
        await send(`${sides.urls.developer}${SIDES.developer.prefix}${path}`, {
          method: 'POST',
          headers: merged,
          body: JSON.stringify(body),
        })
      ).status;
    };
    const slug = `csrf-${Object.values(headers).join('').replace(/\W/g, '').slice(0, 20)}`.toLowerCase();
    expect(await post('/trpc/accounts.create', { slug, name: 'x' })).toBe(status);
    expect(await post('/auth/sign-out', {})).toBe(status);
  });

  it('say nothing of the inside', async () => {
    const { client } = await sides.developer('inside@example.com');
    const error = await client.accounts.create.mutate({ slug: 'A', name: '' }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TRPCClientError);
    expect((error as TRPCClientError<never>).shape).toEqual({
      code: expect.any(Number),
      message: 'The request did not pass validation.',
      data: {
        code: 'VALIDATION_ERROR',
        httpStatus: 400,
        details: { slug: expect.stringContaining('2 to 39'), name: 'It must have at least 1 characters.' },
      },
    });
    const missing = await fetch(`${sides.urls.developer}/portal/api/trpc/no.such`);
    expect([missing.status, JSON.stringify(await missing.json())]).toEqual([404, expect.not.stringMatching(/stack|node_modules/)]);
  });

  it.each(['developer', 'operator'] as const)('show no page of the library, nor what a link wants said, on the %s side', async (side) => {
    const answer = await fetch(`${sides.urls[side]}${SIDES[side].prefix}/auth/error?error_description=Call+us`);
    expect([answer.status, await answer.json()]).toMatchObject([404, { error: { code: 'NOT_FOUND' } }]);
  });
});
