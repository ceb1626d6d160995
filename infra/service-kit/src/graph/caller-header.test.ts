import { describe, expect, it } from 'vitest';
import { testCaller } from '../testing.ts';
import { readCallerHeader, signCaller } from './caller-header.ts';

const secret = 's'.repeat(32);

describe('the caller header', () => {
  it('carries a caller unchanged', () => {
    const caller = testCaller(['orders:read'], {
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      idempotencySeed: 'x',
    });
    expect(readCallerHeader(signCaller(caller, secret), secret)).toEqual(caller);
  });

  it('is refused when it is missing, altered, signed by another, old, or not ours at all', () => {
    const header = signCaller(testCaller(), secret);
    const forged = Buffer.from('{"accountId":"acct_other"}').toString('base64url') + header.slice(header.indexOf('.'));
    const old = signCaller(testCaller(), secret, Date.now() - 61_000);
    const unreadable = signCaller({ ...testCaller(), mode: 'root' as 'live' }, secret);
    for (const bad of [undefined, '', '.', 'a.b', forged, old, unreadable, signCaller(testCaller(), 'z'.repeat(32)), `${header}x`]) {
      expect(() => readCallerHeader(bad, secret)).toThrow(expect.objectContaining({ code: 'AUTHENTICATION_ERROR' }));
    }
  });
});
