import type { KeyRecord } from '@portico/contracts/access-records';
import { newApiKey } from '@portico/contracts/api-key-text';
import { describe, expect, it } from 'vitest';
import { createKeyDirectory } from './key-directory.ts';

const RECORD: KeyRecord = {
  id: 'key_1',
  accountId: 'acct_1',
  mode: 'test',
  name: 'n',
  scopes: ['read'],
  tier: 'pro',
  limits: { quota: { limit: 1, windowSeconds: 1 }, burst: { limit: 1, windowSeconds: 1 } },
  signingSecret: 'sk_secret',
  signatures: ['sha256', 'v2'],
  allowedAddresses: [],
  allowedOrigins: [],
  status: 'active',
  expiresAt: Number.POSITIVE_INFINITY,
};

/** A source whose answers are as old as the question, and come when the test says. */
function slowSource() {
  const questions: { answer(): void }[] = [];
  let status: KeyRecord['status'] = 'active';
  let announce: (id: string) => void = () => {};
  const directory = createKeyDirectory({
    findKey() {
      const { promise, resolve } = Promise.withResolvers<KeyRecord>();
      const record = { ...RECORD, status };
      questions.push({ answer: () => resolve(record) });
      return promise;
    },
    onKeyChange(listener) {
      announce = listener;
      return { [Symbol.dispose]: () => {} };
    },
    touch: () => {},
  });
  const revoke = (): void => {
    status = 'revoked';
    announce('key_1');
  };
  return { directory, questions, revoke };
}

describe('a key that is being looked up', () => {
  it('is looked up once for all who wait', async () => {
    const { directory, questions } = slowSource();
    const key = newApiKey('test');
    const waiting = [directory.load(key), directory.load(key)];
    expect(questions).toHaveLength(1);
    questions[0]?.answer();
    expect((await Promise.all(waiting)).map((known) => known?.record.status)).toEqual(['active', 'active']);
    expect(directory.peek(key)?.record.status).toBe('active');
  });

  it('is looked up anew by who comes after a change, and an answer from before it is not kept', async () => {
    const { directory, questions, revoke } = slowSource();
    const key = newApiKey('test');
    const before = directory.load(key);
    revoke();
    const after = directory.load(key);
    expect(questions).toHaveLength(2);
    questions[1]?.answer();
    questions[0]?.answer();
    expect((await after)?.record.status).toBe('revoked');
    expect((await before)?.record.status).toBe('active');
    expect(directory.peek(key)?.record.status).toBe('revoked');
  });
});
