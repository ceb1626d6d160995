import { describe, expect, it } from 'vitest';
import { findAccount } from './account.ts';
import { findBinaries } from './find-binaries.ts';

describe('findBinaries', () => {
  it('asks for DATABASE_URL on a platform without binaries', () => {
    expect(() => findBinaries('win32-x64', false)).toThrow(/win32-x64.*DATABASE_URL/);
  });

  it('asks for DATABASE_URL where the C library is musl', () => {
    expect(() => findBinaries('linux-x64', true)).toThrow(/musl.*DATABASE_URL/);
  });
});

describe('findAccount', () => {
  it('prefers the account named postgres to nobody', () => {
    const passwd = 'root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\npostgres:x:105:112::/var/lib:/bin/bash\n';
    expect(findAccount(passwd)).toEqual({ uid: 105, gid: 112 });
  });

  it('never lends root itself under another name', () => {
    expect(() => findAccount('postgres:x:0:0::/:/bin/sh\n')).toThrow('DATABASE_URL');
  });
});
