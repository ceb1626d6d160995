import { describe, expect, it } from 'vitest';
import { requireScope } from './caller.ts';
import { AppError } from './errors.ts';
import { commonScopes, covers, isScope } from './scopes.ts';

describe('scopes', () => {
  it.each([
    [['orders:read'], 'orders:read', true],
    [['orders:write'], 'orders:read', false],
    [['read'], 'payments:read', true],
    [['read'], 'payments:write', false],
    [['write'], 'orders:write', true],
    [['graph:read'], 'customers:read', true],
    [['graph:write'], 'customers:read', false],
    [[], 'orders:read', false],
  ] as const)('%j covers %s: %s', (granted, needed, expected) => {
    expect(covers(new Set(granted), needed)).toBe(expected);
  });

  it('knows its own names and no others', () => {
    expect([isScope('orders:read'), isScope('read'), isScope('orders:delete'), isScope('constructor')]).toEqual([true, true, false, false]);
  });

  it('names the missing scope', () => {
    const caller = { accountId: 'a', mode: 'test', actor: 'k', requestId: 'r', scopes: new Set(['products:read']) } as const;
    expect(() => requireScope(caller, 'orders:write')).toThrow(AppError);
    expect(() => requireScope(caller, 'orders:write')).toThrow(/orders:write/);
    expect(() => requireScope(caller, 'products:read')).not.toThrow();
  });
});

describe('what two sets have in common', () => {
  it.each<[string[], string[], string[]]>([
    [
      ['read', 'write'],
      ['read', 'write'],
      ['read', 'write'],
    ],
    [['read'], ['orders:read', 'orders:write'], ['orders:read']],
    [['orders:read', 'orders:write'], ['read'], ['orders:read']],
    [['read', 'orders:read'], ['orders:read'], ['orders:read']],
    [['orders:read'], ['products:read'], []],
    [['write'], ['read'], []],
  ])('of %j and %j is %j', (one, other, common) => {
    expect(commonScopes(one, other)).toEqual(common);
  });
});
