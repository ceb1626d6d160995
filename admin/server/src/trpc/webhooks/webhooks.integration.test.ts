import type { Caller } from '@portico/contracts/caller';
import { AppError, notFound } from '@portico/contracts/errors';
import { newId } from '@portico/contracts/ids';
import { openDatabase } from '@portico/service-kit/database/orm';
import type { GraphClient } from '@portico/service-kit/graph/graph';
import { createLiveKeyRing } from '@portico/service-kit/sealing/live-key-ring';
import { TEST_SECRET_KEYS } from '@portico/service-kit/testing';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AdminAction } from '../../admin-log/admin-action.entity.ts';
import { recordAdminAction } from '../../admin-log/record-admin-action.ts';
import type { DeveloperClient, OperatorClient } from '../../client.ts';
import { openTestSides, type TestSides } from '../../testing/open-test-sides.ts';
import { CHANGE_MAX_MS, recoverChanges } from '../change-elsewhere.ts';

type Asked = { document: string; variables: Readonly<Record<string, unknown>>; caller: Caller };
const asked: Asked[] = [];
/** Stands for the relay behind the graph: one endpoint, whose status the mutations move. */
let endpoint = { id: newId('webhook'), status: 'active', disabledReason: null, drainPerSecond: null as number | null };
let relayAnswers: Promise<void> = Promise.resolve();
/** What the relay's next mutation ends with, after it was done. */
let lost: AppError | undefined;
/** What happens while the relay does it. */
let meanwhile: (() => Promise<unknown>) | undefined;
const graph: GraphClient = {
  async execute<Data>(document: string, variables: Readonly<Record<string, unknown>>, caller: Caller) {
    asked.push({ document, variables, caller });
    await relayAnswers;
    const answer = answerTo(document, variables) as Data;
    if (document.startsWith('mutation')) await meanwhile?.();
    if (lost !== undefined && document.startsWith('mutation')) throw lost;
    return answer;
  },
};
function answerTo(document: string, variables: Readonly<Record<string, unknown>>): unknown {
  const replay = { id: newId('replay'), endpointId: endpoint.id, what: 'failed', total: 7, queued: 0, status: 'running' };
  if (/startWebhookReplay/.test(document)) return { startWebhookReplay: replay };
  if (/webhookDeliveries/.test(document)) return { webhookDeliveries: { items: [], nextCursor: null } };
  if (/registerWebhook|rotateWebhook/.test(document)) return { endpoint: { ...endpoint, secret: SECRET } };
  if (variables.id !== endpoint.id) {
    if (document.startsWith('mutation')) throw notFound('webhook', String(variables.id));
    return { webhookEndpoint: null };
  }
  if (/pauseWebhook/.test(document)) endpoint = { ...endpoint, status: 'paused' };
  if (/resumeWebhook/.test(document)) endpoint = { ...endpoint, status: 'active', drainPerSecond: Number(variables.drainPerSecond) };
  return { endpoint };
}

const SECRET = 'whsec_c2VjcmV0';
let sides: TestSides;
let owner: DeveloperClient;
let support: OperatorClient;
let ownerAccount: string;

beforeAll(async () => {
  sides = await openTestSides({ graph });
  owner = (await sides.developer('owner@example.com')).client;
  ownerAccount = (await owner.accounts.create.mutate({ slug: 'hooks', name: 'Hooks' })).id;
  support = (await sides.operator('support@op.example.com', 'support')).client;
});
afterAll(() => sides?.[Symbol.asyncDispose]());
beforeEach(() => {
  asked.length = 0;
  sides.recorded.length = 0;
});

describe('webhooks on both sides', () => {
  it('are asked of the graph in the member’s account and the chosen mode, with the scopes for them alone', async () => {
    await owner.deliveries.list.query({ accountId: ownerAccount, mode: 'test', status: 'dead', endpointId: endpoint.id, size: 5 });
    expect(asked).toHaveLength(1);
    expect(asked[0]?.variables).toEqual({ filter: { endpointId: [endpoint.id], status: ['dead'] }, page: { size: 5 } });
    expect(asked[0]?.caller).toMatchObject({ accountId: ownerAccount, mode: 'test', actor: 'service:admin' });
    expect([...(asked[0]?.caller.scopes ?? [])].sort()).toEqual(['webhooks:read', 'webhooks:write']);
  });

  it('are never asked for an account that is another’s', async () => {
    const stranger = (await sides.developer('stranger@example.com')).client;
    const given = { accountId: ownerAccount, mode: 'live' as const, id: endpoint.id };
    await expect(stranger.endpoints.get.query(given)).rejects.toMatchObject({ data: { code: 'NOT_FOUND' } });
    await expect(stranger.endpoints.pause.mutate(given)).rejects.toMatchObject({ data: { code: 'NOT_FOUND' } });
    expect(asked).toEqual([]);
  });

  it('are recorded when they are changed, with what was before and after', async () => {
    const given = { accountId: ownerAccount, mode: 'live' as const, id: endpoint.id };
    await owner.endpoints.pause.mutate(given);
    await support.endpoints.resume.mutate({ ...given, drainPerSecond: 9 });
    const state = { accountId: ownerAccount, mode: 'live', disabledReason: null };
    expect(sides.recorded).toMatchObject([
      { action: 'webhook.paused', target: endpoint.id, before: { ...state, status: 'active' }, after: { ...state, status: 'paused' } },
      { action: 'webhook.resumed', before: { status: 'paused' }, after: { status: 'active', drainPerSecond: 9 } },
    ]);
    expect(new Set(sides.recorded.map(({ actor }) => actor)).size).toBe(2);
  });

  it('are registered, and their secrets rotated, with a secret that is told once and recorded nowhere', async () => {
    const tenant = { accountId: ownerAccount, mode: 'test' as const };
    const made = await owner.endpoints.create.mutate({ ...tenant, url: 'https://receiver.example.com/', events: ['order.created'] });
    const rotated = await support.endpoints.rotateSecret.mutate({ ...tenant, id: endpoint.id, overlapSeconds: 60 });
    expect([made.secret, rotated.secret]).toEqual([SECRET, SECRET]);
    expect(asked[0]?.variables).toEqual({ input: { url: 'https://receiver.example.com/', events: ['order.created'] } });
    expect(sides.recorded).toMatchObject([
      { action: 'webhook.registered', target: endpoint.id, before: null, after: { accountId: ownerAccount, mode: 'test' } },
      { action: 'webhook.secret_rotated', target: endpoint.id },
    ]);
    expect(JSON.stringify(sides.recorded)).not.toContain(SECRET);
  });

  it('are recorded two minutes later when it is not known whether they were changed, and not when they were refused', async () => {
    const given = { accountId: ownerAccount, mode: 'live' as const, id: endpoint.id };
    const since = '2026-01-01T00:00:00Z';
    await using database = await openDatabase({
      program: 'test',
      schema: 'access',
      databaseUrl: sides.databaseUrl,
      poolMax: 2,
      entities: [AdminAction],
      migrations: {},
      tenantTables: [],
    });
    let nowMs = Date.now();
    const admin = { database, keyRing: createLiveKeyRing(() => TEST_SECRET_KEYS), now: () => new Date(nowMs), actor: 'test' };
    const recover = () => recoverChanges({ admin, recordAction: recordAdminAction });
    lost = new AppError('INVALID_STATE');
    await expect(owner.endpoints.pause.mutate(given)).rejects.toMatchObject({ data: { code: 'INVALID_STATE' } });
    lost = new AppError('UPSTREAM_TIMEOUT');
    await expect(owner.endpoints.pause.mutate(given)).rejects.toMatchObject({ data: { code: 'UPSTREAM_TIMEOUT' } });
    await expect(
      owner.replays.start.mutate({ accountId: ownerAccount, mode: 'live', endpointId: endpoint.id, what: 'all', since }),
    ).rejects.toBeDefined();
    lost = undefined;
    await owner.endpoints.resume.mutate(given);
    expect(await recover()).toBe(0);
    nowMs += CHANGE_MAX_MS + 60_000;
    expect((await Promise.all([recover(), recover()])).reduce((sum, one) => sum + one)).toBe(2);
    const items = await owner.adminLog.list.query({ accountId: ownerAccount, target: endpoint.id });
    const tenant = { accountId: ownerAccount, mode: 'live' };
    const interrupted = items.filter(({ action }) => action.endsWith('_interrupted'));
    expect(interrupted).toHaveLength(2);
    expect(interrupted).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          action: 'webhook.paused_interrupted',
          before: expect.objectContaining({ ...tenant, status: 'paused' }),
          after: { ...tenant, attemptedAt: expect.any(String) },
        }),
        expect.objectContaining({
          action: 'replay.started_interrupted',
          before: null,
          after: { ...tenant, attemptedAt: expect.any(String) },
        }),
      ]),
    );
    expect(new Set(interrupted.map(({ actor }) => actor)).size).toBe(1);
  });

  it('are told what the relay refuses, and not recorded, though the own database is away when it answers', async () => {
    const client = new pg.Client({ connectionString: sides.databaseUrl });
    await client.connect();
    const attempts = async () => (await client.query('select 1 from access.change_attempt')).rowCount;
    const before = await attempts();
    try {
      lost = new AppError('INVALID_STATE');
      meanwhile = () => client.query('alter table access.change_attempt rename to change_attempt_away');
      const given = {
        accountId: ownerAccount,
        mode: 'live' as const,
        endpointId: endpoint.id,
        what: 'all' as const,
        since: '2026-01-01T00:00:00Z',
      };
      await expect(owner.replays.start.mutate(given)).rejects.toMatchObject({ data: { code: 'INVALID_STATE' } });
    } finally {
      [lost, meanwhile] = [undefined, undefined];
      await client.query('alter table access.change_attempt_away rename to change_attempt');
    }
    await expect.poll(attempts).toBe(before);
    expect(sides.recorded).toEqual([]);
    await client.end();
  });

  it('keep no connection while the relay takes its time, however many are asked for', async () => {
    const given = { accountId: ownerAccount, mode: 'live' as const, id: endpoint.id };
    const { promise, resolve } = Promise.withResolvers<void>();
    relayAnswers = promise;
    const pauses = Array.from({ length: 12 }, () => owner.endpoints.pause.mutate(given));
    await expect.poll(() => asked.length, { timeout: 20_000 }).toBe(12);
    // The pool has three connections for all but reads.
    await expect(
      owner.apiKeys.create.mutate({ accountId: ownerAccount, name: 'k', mode: 'test', scopes: ['read'] }),
    ).resolves.toBeDefined();
    resolve();
    await Promise.all(pauses);
    expect(sides.recorded.filter(({ action }) => action === 'webhook.paused')).toHaveLength(12);
  });

  it('answer NOT_FOUND for what the graph does not have, and record nothing', async () => {
    const given = { accountId: ownerAccount, mode: 'live' as const, id: newId('webhook') };
    await expect(owner.endpoints.get.query(given)).rejects.toMatchObject({ data: { code: 'NOT_FOUND' } });
    await expect(support.endpoints.pause.mutate(given)).rejects.toMatchObject({ data: { code: 'NOT_FOUND' } });
    expect(sides.recorded).toEqual([]);
  });

  it('start a replay after a count that starts none', async () => {
    const given = {
      accountId: ownerAccount,
      mode: 'live' as const,
      endpointId: endpoint.id,
      what: 'failed' as const,
      since: '2026-01-01T00:00:00Z',
    };
    expect(await owner.replays.count.query(given)).toEqual({ total: 7 });
    expect(asked[0]?.variables).toMatchObject({ input: { dryRun: true } });
    expect(sides.recorded).toEqual([]);
    const { id } = await owner.replays.start.mutate({ ...given, perSecond: 10 });
    expect(asked[1]?.variables).toMatchObject({ input: { dryRun: false, perSecond: 10 } });
    expect(sides.recorded).toMatchObject([{ action: 'replay.started', target: id, before: null, after: { total: 7 } }]);
  });
});
