import { describe, expect, it } from 'vitest';
import { fixedSecrets, type SecretStore, secret, secretOf } from '../secrets.ts';
import { CredentialFailure } from './credential-failure.ts';
import { openRotatingSecret, type RotatingSecret } from './rotating-secret.ts';
import { recordingLogger } from './testing-authority.ts';

const v1 = secretOf('v1').version;
const v2 = secretOf('v2').version;

function open(store: SecretStore, clock = { at: 0 }, check?: (found: { values: object }) => void): RotatingSecret {
  return openRotatingSecret({ store, reference: secret('key'), now: () => clock.at, logger: recordingLogger(), ...(check && { check }) });
}

const textOf = async (rotating: RotatingSecret): Promise<string | undefined> => (await rotating.current()).values.value;

describe('a secret over its versions', () => {
  it('is used in its new version at once when the store tells of it', async () => {
    const store = fixedSecrets({ key: 'v1' });
    const rotating = open(store);
    expect(await textOf(rotating)).toBe('v1');
    store.replace('key', 'v2');
    expect(await textOf(rotating)).toBe('v2');
  });

  it('is read again after a while from a store that does not tell, and a failure there changes nothing', async () => {
    const clock = { at: 0 };
    let answer: () => Promise<ReturnType<typeof secretOf>> = async () => secretOf('v1');
    let reads = 0;
    const rotating = open(
      {
        get: () => {
          reads += 1;
          return answer();
        },
      },
      clock,
    );
    await rotating.current();
    await rotating.current();
    expect(reads).toBe(1);
    answer = () => Promise.reject(new Error('https://vault/?token=canary'));
    clock.at = 31_000;
    expect(await textOf(rotating)).toBe('v1');
    answer = async () => secretOf('v2');
    clock.at = 62_000;
    await rotating.current();
    await expect.poll(() => textOf(rotating)).toBe('v2');
    expect(reads).toBe(3);
  });

  it('falls back to the version before while the other side does not know the new one, and tries it again later', async () => {
    const clock = { at: 0 };
    const store = fixedSecrets({ key: 'v1' });
    const rotating = open(store, clock);
    await rotating.current();
    store.replace('key', 'v2');
    expect(await rotating.refused(v2)).toBe(true);
    expect(await textOf(rotating)).toBe('v1');
    clock.at = 30_000;
    expect(await textOf(rotating)).toBe('v2');
    expect(await rotating.refused(v2)).toBe(true);
    expect(await textOf(rotating)).toBe('v1');
    // The old one is withdrawn: the new one has its turn, and then there is nothing else to try.
    expect(await rotating.refused(v1)).toBe(true);
    expect(await textOf(rotating)).toBe('v2');
    expect(await rotating.refused(v2)).toBe(false);
  });

  it('is not switched twice by calls that were refused with the same version', async () => {
    const store = fixedSecrets({ key: 'v1' });
    const rotating = open(store);
    await rotating.current();
    store.replace('key', 'v2');
    expect(await Promise.all([rotating.refused(v1), rotating.refused(v1)])).toEqual([true, true]);
    expect(await textOf(rotating)).toBe('v2');
  });

  it('forgets the version before when the new one has worked for ten minutes', async () => {
    const clock = { at: 0 };
    const store = fixedSecrets({ key: 'v1' });
    const rotating = open(store, clock);
    await rotating.current();
    store.replace('key', 'v2');
    clock.at = 600_001;
    expect(await rotating.refused(v2)).toBe(false);
  });

  it('reads the store when it is refused, once for all calls at a time', async () => {
    let reads = 0;
    const rotating = open({
      async get() {
        reads += 1;
        return secretOf(reads === 1 ? 'v1' : 'v2');
      },
    });
    await rotating.current();
    expect(await Promise.all([rotating.refused(v1), rotating.refused(v1), rotating.refused(v1)])).toEqual([true, true, true]);
    expect([reads, await textOf(rotating)]).toEqual([2, 'v2']);
  });

  it('stays in the version before when a new one cannot be used', async () => {
    const store = fixedSecrets({ key: 'v1' });
    const rotating = open(store, undefined, ({ values }) => {
      if (JSON.stringify(values).includes('half')) throw new CredentialFailure('unusable', 'half');
    });
    await rotating.current();
    store.replace('key', 'half');
    expect(await textOf(rotating)).toBe('v1');
  });

  it('is refused with its name when there is none, and is there when the store has it', async () => {
    const store = fixedSecrets({});
    const rotating = open(store);
    await expect(rotating.current()).rejects.toThrow(/"key" is not in the store/);
    store.replace('key', 'v1');
    expect(await textOf(rotating)).toBe('v1');
  });
});
