import { newId } from '@portico/contracts/ids';
import { WEBHOOK_NOTICE_PATH, type WebhookNotice } from '@portico/contracts/webhook-notice';
import { CALLER_HEADER, signCaller } from '@portico/service-kit/graph/caller-header';
import { listen } from '@portico/service-kit/http/http-listener';
import { silentLogger, testCaller } from '@portico/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Letter } from '../mail/mailer.ts';
import { openTestSides, type TestSides } from '../testing/open-test-sides.ts';
import { noticeMount } from './notice-mount.ts';

let sides: TestSides;
let accountId = '';
const OWNERS = ['ada@example.com', 'ben@example.com'];

beforeAll(async () => {
  sides = await openTestSides();
  const { client } = await sides.developer('ada@example.com');
  accountId = (await client.accounts.create.mutate({ slug: 'shop', name: 'The Shop' })).id;
  for (const [email, role] of [
    ['ben@example.com', 'owner'],
    ['dev@example.com', 'developer'],
  ] as const) {
    await sides.developer(email);
    await client.members.invite.mutate({ accountId, email, role });
  }
  await client.members.invite.mutate({ accountId, email: 'nobody@example.com', role: 'owner' });
});
afterAll(() => sides?.[Symbol.asyncDispose]());

const noticeOf = (given: Partial<WebhookNotice> = {}): WebhookNotice => ({
  endpointId: newId('webhook'),
  accountId,
  mode: 'live',
  url: 'https://partner.example/hooks?token=t0ken',
  reason: 'failing',
  at: new Date('2026-02-06T00:00:00Z'),
  failingSince: new Date('2026-02-01T00:00:00Z'),
  ...given,
});
const lettersAbout = async (to: string, id: string): Promise<Letter[]> => (await sides.letters(to)).filter(({ text }) => text.includes(id));

describe('a disabled webhook', () => {
  it('is a letter to every owner of its account, once, and to nobody else; it does not show the query of the URL', async () => {
    const notice = noticeOf();
    await sides.tellOwners(notice);
    await sides.tellOwners(notice);
    for (const owner of OWNERS) {
      const [letter, ...more] = await lettersAbout(owner, notice.endpointId);
      expect(more).toEqual([]);
      expect(letter).toMatchObject({ subject: 'A webhook of The Shop was disabled' });
      expect(letter?.text).toContain('https://partner.example/hooks was disabled at 2026-02-06T00:00:00.000Z');
      expect(letter?.text).toContain('2026-02-01T00:00:00.000Z');
      expect(letter?.text).not.toContain('t0ken');
    }
    for (const other of ['dev@example.com', 'nobody@example.com']) expect(await lettersAbout(other, notice.endpointId)).toEqual([]);
  });

  it('that misses events is a letter of its own', async () => {
    const notice = noticeOf({ reason: 'exhausted' });
    await sides.tellOwners(notice);
    const [letter] = await lettersAbout('ada@example.com', notice.endpointId);
    expect(letter).toMatchObject({ subject: 'A webhook of The Shop misses events' });
    expect(letter?.text).toContain('did not take an event in any of its attempts; the last was at 2026-02-06T00:00:00.000Z');
    expect(letter?.text).toContain('can be replayed');
    expect(letter?.text).not.toMatch(/was disabled|t0ken/);
  });

  it('of an account that is no more is nobody’s news', async () => {
    await expect(sides.tellOwners(noticeOf({ accountId: newId('account') }))).resolves.toBeUndefined();
  });
});

describe('a notice over HTTP', () => {
  const SECRET = 'x'.repeat(32);
  const post = async (notice: object, headers: Record<string, string>, path = WEBHOOK_NOTICE_PATH): Promise<number> => {
    const { handler } = noticeMount({ tellOwners: sides.tellOwners, internalSecret: SECRET, logger: silentLogger });
    await using server = await listen({ host: '127.0.0.1', port: 0, shutdownTimeoutMs: 500, handler });
    return (await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(notice) })).status;
  };
  const signed = (actor = 'service:webhooks', of = accountId, secret = SECRET): Record<string, string> => ({
    [CALLER_HEADER]: signCaller(testCaller([], { accountId: of, mode: 'live', actor }), secret),
  });

  it('from the relay becomes letters', async () => {
    const notice = noticeOf({ reason: 'gone', failingSince: null });
    expect(await post(notice, signed())).toBe(204);
    expect((await lettersAbout('ada@example.com', notice.endpointId))[0]?.text).toContain('410');
  });

  it('from anybody else, about another account, or without what it needs, is refused and writes nothing', async () => {
    const notice = noticeOf();
    expect(await post(notice, {})).toBe(401);
    expect(await post(notice, signed('service:webhooks', accountId, 'y'.repeat(32)))).toBe(401);
    expect(await post(notice, signed('service:orders'))).toBe(403);
    expect(await post(notice, signed('service:webhooks', newId('account')))).toBe(400);
    expect(await post({ ...notice, at: 'yesterday' }, signed())).toBe(400);
    expect(await post({ ...notice, more: 'x'.repeat(20_000) }, signed())).toBe(413);
    expect(await post(notice, signed(), '/notices/other')).toBe(404);
    expect(await lettersAbout('ada@example.com', notice.endpointId)).toEqual([]);
  });
});
