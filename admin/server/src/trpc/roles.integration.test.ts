// Who may call what. The list of procedures is the routers' own: one that is not in the table fails, as does a line that is no procedure.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SIDES, type Side } from '../sides.ts';
import type { Browser } from '../testing/browser.ts';
import { openTestSides, type TestSides } from '../testing/open-test-sides.ts';
import { developerRouter } from './developer-router.ts';
import { operatorRouter } from './operator-router.ts';

const ROLES = {
  developer: ['nobody', 'stranger', 'viewer', 'developer', 'owner'],
  operator: ['nobody', 'auditor', 'support', 'admin'],
} as const;

const EVERYONE_SIGNED_IN = { developer: ['stranger', 'viewer', 'developer', 'owner'], operator: ['auditor', 'support', 'admin'] };
const MEMBERS = ['viewer', 'developer', 'owner'];
const WRITERS = ['developer', 'owner'];
const READ = EVERYONE_SIGNED_IN.operator;
const WORK = ['support', 'admin'];

const TABLE: Readonly<Record<Side, Readonly<Record<string, readonly string[]>>>> = {
  developer: {
    'me.get': EVERYONE_SIGNED_IN.developer,
    'accounts.create': EVERYONE_SIGNED_IN.developer,
    'accounts.get': MEMBERS,
    'accounts.update': ['owner'],
    'members.list': MEMBERS,
    'members.invite': ['owner'],
    'members.changeRole': ['owner'],
    'members.remove': ['owner'],
    'apiKeys.list': MEMBERS,
    'apiKeys.get': MEMBERS,
    'apiKeys.create': WRITERS,
    'apiKeys.update': WRITERS,
    'apiKeys.revoke': WRITERS,
    'apiKeys.regenerate': WRITERS,
    'apiKeys.rotate': WRITERS,
    'apiKeys.usage': MEMBERS,
    'oauthClients.list': MEMBERS,
    'oauthClients.get': MEMBERS,
    'oauthClients.create': WRITERS,
    'oauthClients.update': WRITERS,
    'oauthClients.revoke': WRITERS,
    'oauthClients.rotateSecret': WRITERS,
    'usage.requestsPerDay': MEMBERS,
    'usage.errorsByCode': MEMBERS,
    'usage.latency': MEMBERS,
    'usage.violations': MEMBERS,
    'requestLog.list': MEMBERS,
    'adminLog.list': MEMBERS,
    'tiers.list': EVERYONE_SIGNED_IN.developer,
    'tickets.list': MEMBERS,
    'tickets.get': MEMBERS,
    'tickets.open': WRITERS,
    'tickets.reply': WRITERS,
    'tickets.close': WRITERS,
    'endpoints.list': MEMBERS,
    'endpoints.get': MEMBERS,
    'endpoints.create': WRITERS,
    'endpoints.update': WRITERS,
    'endpoints.remove': WRITERS,
    'endpoints.rotateSecret': WRITERS,
    'endpoints.completeRotation': WRITERS,
    'endpoints.test': WRITERS,
    'endpoints.pause': WRITERS,
    'endpoints.resume': WRITERS,
    'endpoints.enable': WRITERS,
    'deliveries.list': MEMBERS,
    'deliveries.get': MEMBERS,
    'deliveries.replay': WRITERS,
    'replays.list': MEMBERS,
    'replays.count': WRITERS,
    'replays.start': WRITERS,
    'replays.cancel': WRITERS,
  },
  operator: {
    'me.get': READ,
    'accounts.list': READ,
    'accounts.get': READ,
    'accounts.create': ['admin'],
    'accounts.update': ['admin'],
    'members.list': READ,
    'members.invite': WORK,
    'members.changeRole': ['admin'],
    'members.remove': ['admin'],
    'operators.list': ['auditor', 'admin'],
    'operators.create': ['admin'],
    'operators.changeRole': ['admin'],
    'apiKeys.list': READ,
    'apiKeys.get': READ,
    'apiKeys.create': WORK,
    'apiKeys.update': WORK,
    'apiKeys.revoke': WORK,
    'apiKeys.regenerate': WORK,
    'apiKeys.rotate': WORK,
    'apiKeys.usage': READ,
    'oauthClients.list': READ,
    'oauthClients.get': READ,
    'oauthClients.create': WORK,
    'oauthClients.update': WORK,
    'oauthClients.revoke': WORK,
    'oauthClients.rotateSecret': WORK,
    'usage.requestsPerDay': READ,
    'usage.errorsByCode': READ,
    'usage.latency': READ,
    'usage.violations': READ,
    'requestLog.list': READ,
    'adminLog.list': READ,
    'usage.violationsByKey': READ,
    'signingKeys.list': READ,
    'signingKeys.rotate': ['admin'],
    'signingKeys.withdraw': ['admin'],
    'tiers.list': READ,
    'tiers.update': ['admin'],
    'tiers.concerned': READ,
    'tickets.list': READ,
    'tickets.get': READ,
    'tickets.reply': WORK,
    'tickets.close': WORK,
    'endpoints.list': READ,
    'endpoints.get': READ,
    'endpoints.create': WORK,
    'endpoints.update': WORK,
    'endpoints.remove': WORK,
    'endpoints.rotateSecret': WORK,
    'endpoints.completeRotation': WORK,
    'endpoints.test': WORK,
    'endpoints.pause': WORK,
    'endpoints.resume': WORK,
    'endpoints.enable': WORK,
    'deliveries.list': READ,
    'deliveries.get': READ,
    'deliveries.replay': WORK,
    'replays.list': READ,
    'replays.count': WORK,
    'replays.start': WORK,
    'replays.cancel': WORK,
  },
};

const ROUTERS = { developer: developerRouter, operator: operatorRouter };

let sides: TestSides;
let accountId: string;
const people: Record<Side, Record<string, Browser>> = { developer: {}, operator: {} };

beforeAll(async () => {
  sides = await openTestSides();
  people.developer.nobody = people.operator.nobody = sides.browser();
  const owner = await sides.developer('owner@example.com');
  accountId = (await owner.client.accounts.create.mutate({ slug: 'roles', name: 'Roles' })).id;
  for (const role of ['viewer', 'developer'] as const) {
    await owner.client.members.invite.mutate({ accountId, email: `${role}@example.com`, role });
    people.developer[role] = await sides.developer(`${role}@example.com`);
  }
  Object.assign(people.developer, { owner, stranger: await sides.developer('stranger@example.com') });
  for (const role of ['auditor', 'support', 'admin'] as const) people.operator[role] = await sides.operator(`${role}@op.example.com`, role);
});
afterAll(() => sides?.[Symbol.asyncDispose]());

/** Calls with an input that names the account and nothing else: whoever may call is told what is missing, the others that they may not. */
async function ask(side: Side, role: string, path: string, type: string, more: object = {}): Promise<string> {
  const url = `${sides.urls[side]}${SIDES[side].prefix}/trpc/${path}`;
  const input = JSON.stringify({ accountId, ...more });
  const browser = people[side][role];
  if (browser === undefined) throw new Error(`There is nobody with the role ${role}.`);
  const response =
    type === 'query'
      ? await browser.fetch(`${url}?input=${encodeURIComponent(input)}`)
      : await browser.fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: input });
  if (response.status >= 500) throw new Error(`${path} answered ${response.status}.`);
  const { error } = await response.json();
  return error?.data.code ?? 'OK';
}

describe.each(['developer', 'operator'] as const)('on the side of each %s', (side) => {
  // tRPC types its procedures as the tree they make; at runtime they are one list by path.
  const procedures = Object.entries(ROUTERS[side]._def.procedures as unknown as Record<string, { _def: { type: string } }>);

  it('the table has a line for every procedure, and no other', () => {
    expect(Object.keys(TABLE[side]).sort()).toEqual(procedures.map(([path]) => path).sort());
  });

  it.each(procedures.map(([path, { _def }]) => [path, _def.type] as const))('%s is open to its roles alone', async (path, type) => {
    const open: string[] = [];
    for (const role of ROLES[side]) {
      const code = await ask(side, role, path, type);
      // To a stranger the account does not exist.
      if (code === 'AUTHENTICATION_ERROR') expect(role).toBe('nobody');
      else if (code === 'NOT_FOUND') expect(role).toBe('stranger');
      else if (code !== 'AUTHORIZATION_ERROR') open.push(role);
    }
    expect(open).toEqual(TABLE[side][path]);
  });
});

it('support invites, though no owner, for it may make nobody one', async () => {
  const invite = (role: string, as: string) =>
    ask('operator', role, 'members.invite', 'mutation', { email: `${as}-of-${role}@example.com`, role: as });
  expect(await invite('support', 'owner')).toBe('AUTHORIZATION_ERROR');
  expect(await invite('support', 'developer')).toBe('OK');
  expect(await invite('admin', 'owner')).toBe('OK');
});
