import { describe, expect, it } from 'vitest';
import { isApiKeyText, keyHint, newApiKey, newSigningSecret } from './api-key-text.ts';

describe('an API key', () => {
  it('is recognised by its shape and checksum, and no other text is', () => {
    const key = newApiKey('test');
    expect(key).toMatch(/^ak_test_[0-9a-z]{39}$/);
    expect(isApiKeyText(key)).toBe(true);
    const swapped = key.slice(0, 10) + (key[10] === 'a' ? 'b' : 'a') + key.slice(11);
    for (const bad of [
      swapped,
      key.toUpperCase(),
      key.replace('test', 'live'),
      key.slice(1),
      `${key}0`,
      '',
      'ak_live_1234567890abcdef',
      `${key}\n`,
    ]) {
      expect(isApiKeyText(bad)).toBe(false);
    }
  });

  it('is never made twice, and its hint does not give it away', () => {
    expect(new Set(Array.from({ length: 1_000 }, () => newApiKey('live'))).size).toBe(1_000);
    expect(keyHint(newApiKey('live'))).toMatch(/^ak_live_….{4}$/);
    expect(newSigningSecret()).toMatch(/^sk_[\w-]{43}$/);
  });
});
