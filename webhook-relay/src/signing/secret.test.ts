import { describe, expect, it } from 'vitest';
import { newSecret, secretProblem, standardKey } from './secret.ts';

describe('a secret', () => {
  it('that is made is 32 random bytes, and none like another', () => {
    expect(newSecret(() => Buffer.alloc(32, 7))).toBe(`whsec_${Buffer.alloc(32, 7).toString('base64')}`);
    expect(standardKey(newSecret())).toHaveLength(32);
    expect(newSecret()).not.toBe(newSecret());
    expect(secretProblem(newSecret())).toBeUndefined();
  });

  it.each([
    ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', undefined],
    ['a-secret-of-the-partner-1', undefined],
    ['x'.repeat(24), undefined],
    ['x'.repeat(256), undefined],
    ['x'.repeat(23), 'characters'],
    ['x'.repeat(257), 'characters'],
    ['', 'printable'],
    ['a secret with spaces in the text', 'printable'],
    ['trailing-line-break-in-text\n', 'printable'],
    ['ein-geheimnis-mit-ümlaut-drin', 'printable'],
    [`whsec_${Buffer.alloc(23).toString('base64')}`, '24 to 64 bytes'],
    [`whsec_${Buffer.alloc(65).toString('base64')}`, '24 to 64 bytes'],
    ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS', '24 to 64 bytes'],
    ['whsec_this-is-no-base64-but-long-enough', '24 to 64 bytes'],
  ])('%j: %s', (text, problem) => {
    const found = secretProblem(text);
    if (problem === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(problem);
  });

  it('is not repeated by what is said against it', () => {
    const text = 'short-but-secret';
    expect(secretProblem(text)).not.toContain(text);
  });
});
