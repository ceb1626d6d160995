import { describe, expect, it } from 'vitest';
import { PathValueError, parsePathTemplate } from './path-template.ts';

const fill = (values: Readonly<Record<string, unknown>>): string | undefined => parsePathTemplate('/a/{id}/b')?.fill(values);

describe('a path template', () => {
  it('keeps every value in its own segment', () => {
    expect(fill({ id: 'x/../y' })).toBe('/a/x%2F..%2Fy/b');
    expect(fill({ id: '%2e%2e' })).toBe('/a/%252e%252e/b');
    expect(fill({ id: 'a?b#c\r\nd' })).toBe('/a/a%3Fb%23c%0D%0Ad/b');
    expect(fill({ id: 7 })).toBe('/a/7/b');
  });

  it.each(['', '.', '..', undefined, null, {}, Number, '\ud800'])('refuses the value %j', (id) => {
    expect(() => fill({ id })).toThrow(PathValueError);
  });

  it('takes values of its own only', () => {
    expect(() => parsePathTemplate('/{toString}')?.fill({})).toThrow(PathValueError);
  });

  it.each(['', 'a', '/a?b', '/a#b', '/a/../b', '/{id}/{id}', '/{}', '/a b', '/{id', 'https://other.example/a'])('is not %j', (path) => {
    expect(parsePathTemplate(path)).toBeUndefined();
  });
});
