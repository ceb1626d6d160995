import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fixedSecrets, parseSecret, type Secret, secret, secretOf, secretsFromEnvironment, UnknownSecretError } from './secrets.ts';
import { secretsFromFolder } from './secrets-folder.ts';

describe('a secret', () => {
  it('has a version that differs exactly when its values do', () => {
    expect(secretOf({ a: '1', b: '2' }).version).toBe(secretOf({ b: '2', a: '1' }).version);
    expect(secretOf({ a: '1', b: '2' }).version).not.toBe(secretOf({ a: '1', b: '3' }).version);
  });

  it('is a value, or a JSON object of texts, without the space around it', () => {
    expect(parseSecret(' abc\n').values).toEqual({ value: 'abc' });
    expect(parseSecret('{"clientId":"a","clientSecret":"b"}').values).toEqual({ clientId: 'a', clientSecret: 'b' });
    expect(parseSecret('{not json').values).toEqual({ value: '{not json' });
    expect(parseSecret('{"a":1}').values).toEqual({ value: '{"a":1}' });
  });

  it.each(['', '../etc/passwd', 'a//b', '/a', 'a/', 'a b'])('is not named "%s"', (name) => {
    expect(() => secret(name)).toThrow(TypeError);
  });
});

describe('secrets from the environment', () => {
  it('are found by their name in capitals, and an empty one is none', async () => {
    const store = secretsFromEnvironment({ ACME_PAY_API_KEY: 'k', EMPTY: '' });
    expect((await store.get('acme-pay/api-key')).values).toEqual({ value: 'k' });
    await expect(store.get('empty')).rejects.toThrow(/"empty" is not set \(EMPTY\)/);
  });
});

describe('secrets that are given', () => {
  it('tell their listeners of a replacement until those stop listening', async () => {
    const store = fixedSecrets({ a: '1' });
    const heard: Secret[] = [];
    const watch = store.watch?.('a', (found) => heard.push(found));
    store.replace('a', '2');
    watch?.[Symbol.dispose]();
    store.replace('a', '3');
    expect(heard.map(({ values }) => values.value)).toEqual(['2']);
    expect((await store.get('a')).values.value).toBe('3');
  });
});

describe('secrets from a folder', () => {
  it('are files or folders of files, and a replaced file is told', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'portico-secrets-'));
    try {
      await mkdir(join(folder, 'acme/client'), { recursive: true });
      await writeFile(join(folder, 'acme/key'), 'one\n');
      await writeFile(join(folder, 'acme/client/clientId'), 'id\n');
      await writeFile(join(folder, 'acme/client/..data'), 'of Kubernetes');
      const store = secretsFromFolder(folder, { checkMs: 5 });
      const first = await store.get('acme/key');
      expect(first.values).toEqual({ value: 'one' });
      expect(first.since).toBeGreaterThan(0);
      expect((await store.get('acme/client')).values).toEqual({ clientId: 'id' });
      await expect(store.get('acme/none')).rejects.toThrow(UnknownSecretError);
      await expect(store.get('../acme/key')).rejects.toThrow(TypeError);
      const heard: string[] = [];
      using _watch = store.watch?.('acme/key', (found) => heard.push(found.values.value ?? ''));
      await expect
        .poll(async () => {
          await writeFile(join(folder, 'acme/key'), heard.length === 0 ? `two-${performance.now()}` : 'three');
          return heard.at(-1);
        })
        .toBe('three');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
