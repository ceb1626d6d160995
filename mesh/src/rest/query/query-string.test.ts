import { describe, expect, it } from 'vitest';
import { parseQueryString } from './query-string.ts';

const ALLOWED = ['page', 'perPage', 'status', 'q'];

function detailsOf(text: string): unknown {
  try {
    return Object.fromEntries(parseQueryString(text, ALLOWED));
  } catch (error) {
    expect(error).toMatchObject({ code: 'VALIDATION_ERROR' });
    return (error as { details: unknown }).details;
  }
}

describe('a query string', () => {
  it.each<[string, Record<string, string>]>([
    ['', {}],
    ['page=2&perPage=50', { page: '2', perPage: '50' }],
    ['q=blue+mug%20%26%20more%3D1', { q: 'blue mug & more=1' }],
    ['q=%C3%A4%E2%98%95', { q: 'ä☕' }],
    ['q=a=b', { q: 'a=b' }],
    ['q', { q: '' }],
    ['q=', { q: '' }],
    ['&&page=1&', { page: '1' }],
    ['%70age=1', { page: '1' }],
  ])('%j is read as its parameters', (text, parameters) => {
    expect(Object.fromEntries(parseQueryString(text, ALLOWED))).toEqual(parameters);
  });

  it('with an unknown parameter is refused, with the one that was probably meant and all there are', () => {
    expect(detailsOf('stauts=active')).toEqual({
      stauts: '"stauts" is not known. Did you mean "status"? Allowed: page, perPage, status, q.',
    });
    expect(detailsOf('PERPAGE=1')).toEqual({ PERPAGE: expect.stringContaining('Did you mean "perPage"?') });
    expect(detailsOf('colour=red')).toEqual({ colour: '"colour" is not known. Allowed: page, perPage, status, q.' });
  });

  it('with a parameter given twice is refused, however the name is written', () => {
    expect(detailsOf('status=a&%73tatus=b')).toEqual({ status: 'It is given more than once. Separate several values by commas.' });
    expect(detailsOf('q=&q=')).toEqual({ q: expect.stringContaining('more than once') });
  });

  it('names all that is wrong at once', () => {
    expect(Object.keys(detailsOf('page=1&page=2&a=1&b=1') as object)).toEqual(['page', 'a', 'b']);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('with a parameter called %s is refused like any other', (name) => {
    const details = detailsOf(`${name}=1`);
    expect(Object.entries(details as object)).toEqual([[name, expect.stringContaining('is not known')]]);
    expect(Object.getPrototypeOf(details)).toBe(Object.prototype);
  });

  it.each(['q=%', 'q=%2', 'q=%zz', 'q=%ff', 'q=%c3%28', 'q=%ed%a0%80', '%=1'])('%j is refused as no percent-encoding', (text) => {
    expect(() => parseQueryString(text, ALLOWED)).toThrow('The query is not valid percent-encoding.');
  });

  it('with U+0000 in a value is refused, because no text of ours can have it', () => {
    expect(detailsOf('q=a%00b')).toEqual({ q: 'It contains U+0000, which is not allowed.' });
  });

  it('is refused when it is too long, and repeats only the beginning of a long name', () => {
    expect(() => parseQueryString(`q=${'x'.repeat(4_094)}`, ALLOWED)).not.toThrow();
    expect(() => parseQueryString(`q=${'x'.repeat(4_095)}`, ALLOWED)).toThrow(/longer than 4096/);
    const [[name, text] = []] = Object.entries(detailsOf('x'.repeat(1_000)) as Record<string, string>);
    expect([name?.length, (text?.length ?? 0) < 200]).toEqual([64, true]);
  });
});
