import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKeyRing } from '@portico/service-kit/sealing/key-ring';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addSecretKey, loadSecrets } from './secrets.ts';

let dataDir = '';
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'portico-secrets-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

describe('loadSecrets', () => {
  it('makes secrets once, and gives the same ones at every start', () => {
    const first = loadSecrets(dataDir, {});
    expect(loadSecrets(dataDir, {})).toEqual(first);
    expect(createKeyRing(first.secretKeys).newest).toBe(1);
  });

  it('keeps them in a file that nobody else can read', () => {
    loadSecrets(dataDir, {});
    expect(statSync(join(dataDir, 'secrets.json')).mode & 0o777).toBe(0o600);
  });

  it('says which file is broken, and nothing of what is in it', () => {
    writeFileSync(join(dataDir, 'secrets.json'), '{ "internalSecret": "half of a sec');
    expect(() => loadSecrets(dataDir, {})).toThrow(new RegExp(`^${join(dataDir, 'secrets.json')} does not hold what it should`));
  });

  it('leaves nothing beside the file', () => {
    loadSecrets(dataDir, {});
    addSecretKey(dataDir);
    expect(readdirSync(dataDir)).toEqual(['secrets.json']);
  });

  it('lets what is given win, one by one', () => {
    const kept = loadSecrets(dataDir, {});
    expect(loadSecrets(dataDir, { internalSecret: 'given' })).toEqual({ ...kept, internalSecret: 'given' });
  });

  it('writes nothing when all are given', () => {
    const given = { internalSecret: 'a', secretKeys: 'b', blindIndexKey: 'c' };
    expect(loadSecrets(join(dataDir, 'none'), given)).toEqual(given);
    expect(statSync(join(dataDir, 'none'), { throwIfNoEntry: false })).toBeUndefined();
  });
});

describe('addSecretKey', () => {
  it('keeps the older keys, so that what they sealed still opens', () => {
    const sealed = createKeyRing(loadSecrets(dataDir, {}).secretKeys).encrypt('kept', 'place');
    expect([addSecretKey(dataDir), addSecretKey(dataDir)]).toEqual([2, 3]);
    const ring = createKeyRing(loadSecrets(dataDir, {}).secretKeys);
    expect([ring.newest, ring.decrypt(sealed, 'place').toString()]).toEqual([3, 'kept']);
    expect(statSync(join(dataDir, 'secrets.json')).mode & 0o777).toBe(0o600);
  });

  it('waits for nobody: while another process adds a key it refuses', () => {
    const before = loadSecrets(dataDir, {});
    writeFileSync(join(dataDir, 'secrets.lock'), JSON.stringify({ pid: process.ppid }));
    expect(() => addSecretKey(dataDir)).toThrow(/Another process/);
    expect(loadSecrets(dataDir, {})).toEqual(before);
  });

  it.each<[string, number]>([
    ['a process that died', spawnSync(process.execPath, ['--version']).pid],
    ['a process of this number before us', process.pid],
  ])('does not wait for %s while it did so', (_, pid) => {
    loadSecrets(dataDir, {});
    writeFileSync(join(dataDir, 'secrets.lock'), JSON.stringify({ pid }));
    expect(addSecretKey(dataDir)).toBe(2);
    expect(readdirSync(dataDir)).toEqual(['secrets.json']);
  });
});
