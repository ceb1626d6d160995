import { describe, expect, it } from 'vitest';
import { zodSource } from './zod-source.ts';

const sourceOf = (pattern: string): string =>
  zodSource({ type: 'string', pattern }, { refer: () => 'z.unknown()', isPersonal: () => false });

describe('the pattern of a text', () => {
  it.each(['^(a+)+$', '^(a|a)*$', '^(?:[a-z]+){3,}$', '(x+\\))*', '([)]a*)+', '^((a+)b?)+$'])(
    'that a text could keep busy for ever is left out: %s',
    (pattern) => {
      expect(sourceOf(pattern)).toBe('z.string()');
    },
  );

  it.each(['^[a-z]{2,8}$', '^\\+?\\d+$', '^(live|test)_\\w+$', '^\\(\\)+$', '^[()+]*$', '^(a)?$'])('is kept otherwise: %s', (pattern) => {
    expect(sourceOf(pattern)).toBe(`z.string().regex(new RegExp(${JSON.stringify(pattern)}, 'u'))`);
  });
});
