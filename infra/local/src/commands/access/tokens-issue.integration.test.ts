import { expect, it } from 'vitest';
import { openCommandTest } from '../../cli/testing.ts';
import { keysCreate } from './keys-create.ts';
import { tokensIssue } from './tokens-issue.ts';

const claimsOf = (token: string): unknown => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

it('issues a token with the permissions that were asked for, and none for an account that is not there', async () => {
  await using test = await openCommandTest([keysCreate, tokensIssue]);
  expect(await test.run('tokens', 'issue', '--account', 'nobody')).toMatchObject({ code: 1, out: '' });
  expect(await test.run('keys', 'create', '--account', 'demo')).toMatchObject({ code: 0 });
  const { code, out, err } = await test.run('tokens', 'issue', '--account', 'demo', '--subject', 'service:reporting');
  expect([code, err]).toEqual([0, '']);
  expect(claimsOf(out)).toMatchObject({ sub: 'service:reporting', mode: 'test', permissions: ['graph:read'] });
  const { out: json } = await test.run('tokens', 'issue', '--mode', 'live', '--write', '--json');
  expect(claimsOf(JSON.parse(json).token)).toMatchObject({ mode: 'live', permissions: ['graph:read', 'graph:write'] });
});
