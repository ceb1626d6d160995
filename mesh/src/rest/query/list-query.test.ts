import { describe, expect, it } from 'vitest';
import { text } from '../declare/fields.ts';
import { anyId, anyOfThese, anyText, decimal, moment, searchText, wholeNumber, yesOrNo } from '../declare/parameters.ts';
import { defineResource } from '../declare/resource.ts';
import type { ListRoute } from '../declare/route.ts';
import { type ListQuery, parseListQuery } from './list-query.ts';

const route: ListRoute = {
  kind: 'list',
  method: 'GET',
  path: '/things',
  operationId: 'listThings',
  tag: 'Things',
  summary: 'List things',
  scopes: ['products:read'],
  resource: defineResource('Thing', { id: text() }),
  graph: { field: 'things', filterType: 'ThingFilter', sortType: 'ThingSort' },
  filters: {
    status: anyOfThese(['active', 'draft'], 'status', ''),
    category: anyText('categories', ''),
    product: anyId('product', 'productIds', ''),
    priceMin: decimal('priceMin', ''),
    priceMax: decimal('priceMax', ''),
    quantityMin: wholeNumber('quantityMin', ''),
    lowStock: yesOrNo('lowStock', ''),
    after: moment('after', ''),
    before: moment('before', '', true),
    q: searchText('q', ''),
  },
  sorts: { createdAt: 'createdAt', name: 'title', price: 'price', sku: 'sku' },
};

const parse = (query: string): ListQuery => parseListQuery(route, query);

function detailsOf(query: string): Record<string, string> {
  try {
    parse(query);
  } catch (error) {
    expect(error).toMatchObject({ code: 'VALIDATION_ERROR' });
    return (error as { details: Record<string, string> }).details;
  }
  return {};
}

describe('the page of a list', () => {
  it('is the first with 20 rows unless another is asked for', () => {
    expect(parse('')).toMatchObject({ paging: { kind: 'page', page: 1, perPage: 20 }, variables: { page: { number: 1, size: 20 } } });
    expect(parse('page=3&perPage=100').variables.page).toEqual({ number: 3, size: 100 });
  });

  it.each(['0', '101', '-1', '1.5', '1e1', '', ' 1', '0x10', '٣', '9999999999'])('may not have %j rows', (rows) => {
    expect(detailsOf(`perPage=${rows}`)).toEqual({ perPage: 'It must be a whole number from 1 to 100.' });
    expect(detailsOf(`limit=${rows}`)).toEqual({ limit: 'It must be a whole number from 1 to 100.' });
  });

  it('may not begin behind the millionth row: that is what cursors are for', () => {
    expect(parse('page=10000&perPage=100').variables.page).toEqual({ number: 10_000, size: 100 });
    expect(detailsOf('page=10001&perPage=100')).toEqual({ page: 'It must be a whole number from 1 to 10000.' });
    expect(detailsOf('page=0')).toEqual({ page: 'It must be a whole number from 1 to 50000.' });
  });

  it('is not blamed for a perPage that is wrong', () => {
    expect(Object.keys(detailsOf('page=1&perPage=5000000'))).toEqual(['perPage']);
  });

  it('is walked by cursor when there is a cursor or a limit, from the beginning when the cursor is empty', () => {
    expect(parse('limit=50')).toMatchObject({ paging: { kind: 'cursor', limit: 50 }, variables: { page: { size: 50 } } });
    expect(parse('cursor=abc').variables.page).toEqual({ size: 20, cursor: 'abc' });
    expect(parse('cursor=&limit=5').variables.page).toEqual({ size: 5 });
  });

  it.each(['cursor=abc&page=1', 'cursor=&page=1', 'limit=5&page=1'])('is not walked both ways at once: %s', (query) => {
    expect(detailsOf(query)).toEqual({ page: 'A list is walked by page and perPage or by cursor and limit, not both.' });
    expect(Object.keys(detailsOf(`${query}&perPage=5`))).toEqual(['page', 'perPage']);
  });
});

describe('the order of a list', () => {
  it.each<[string, [string, string][]]>([
    ['', []],
    ['order=asc', [['createdAt', 'asc']]],
    ['sort=createdAt', [['createdAt', 'desc']]],
    ['sort=price', [['price', 'asc']]],
    ['sort=name&order=desc', [['title', 'desc']]],
    [
      'sort=price,name,sku&order=desc,asc',
      [
        ['price', 'desc'],
        ['title', 'asc'],
        ['sku', 'desc'],
      ],
    ],
    [
      'sort=price,%20createdAt',
      [
        ['price', 'asc'],
        ['createdAt', 'desc'],
      ],
    ],
  ])('of %j is as asked', (query, expected) => {
    expect(parse(query).variables.sort.map(({ field, direction }) => [field, direction])).toEqual(expected);
  });

  it.each<[string, Record<string, unknown>]>([
    ['sort=prize', { sort: '"prize" is not known. Did you mean "price"? Allowed: createdAt, name, price, sku.' }],
    ['sort=', { sort: expect.stringContaining('Allowed: ') }],
    ['sort=title', { sort: expect.stringContaining('is not known') }],
    ['sort=constructor', { sort: expect.stringContaining('is not known') }],
    ['sort=__proto__', { sort: expect.stringContaining('is not known') }],
    ['sort=price,price', { sort: 'At most 3 keys, each once.' }],
    ['sort=price,name,sku,createdAt', { sort: 'At most 3 keys, each once.' }],
    ['sort=price&order=up', { order: 'It must be asc or desc for each sort key.' }],
    ['sort=price&order=asc,desc', { order: 'It must be asc or desc for each sort key.' }],
    ['sort=price,name&order=asc,', { order: 'It must be asc or desc for each sort key.' }],
    ['order=asc,desc', { order: 'It must be asc or desc.' }],
    ['order=ASC', { order: 'It must be asc or desc.' }],
  ])('is not guessed: %s', (query, details) => expect(detailsOf(query)).toEqual(details));
});

describe('the filters of a list', () => {
  it.each<[string, Record<string, unknown>]>([
    ['status=active,draft,%20active', { status: ['active', 'draft'] }],
    ['status=active%2Cdraft', { status: ['active', 'draft'] }],
    [String.raw`category=Pots\, pans,C:\mugs\1`, { categories: ['Pots, pans', String.raw`C:\mugs\1`] }],
    [`${new URLSearchParams({ category: String.raw`Pots\, pans,a\\,b,c` })}`, { categories: ['Pots, pans', String.raw`a\,b`, 'c'] }],
    ['q=pots,%20pans', { q: 'pots, pans' }],
    ['category=Kitchen,Garden%20tools', { categories: ['Kitchen', 'Garden tools'] }],
    ['priceMin=1.5&priceMax=-0.000001', { priceMin: 1.5, priceMax: -0.000001 }],
    ['quantityMin=-3', { quantityMin: -3 }],
    ['lowStock=false', { lowStock: false }],
    ['q=%20blue%20mug%20', { q: 'blue mug' }],
    ['after=2026-01-31&before=2026-01-31', { after: '2026-01-31T00:00:00.000Z', before: '2026-01-31T23:59:59.999Z' }],
    [
      'after=2026-01-31T09:30:00%2B01:00&before=2028-02-29T00:00Z',
      { after: '2026-01-31T08:30:00.000Z', before: '2028-02-29T00:00:00.000Z' },
    ],
    ['after=0001-01-01&before=9999-12-31', { after: '0001-01-01T00:00:00.000Z', before: '9999-12-31T23:59:59.999Z' }],
    ['product=prod_nothing,x', { productIds: [] }],
  ])('are read as values of the graph: %s', (query, filter) => expect(parse(query).variables.filter).toEqual(filter));

  it.each([
    ['status=active,gone', '"gone" is not one of active, draft.'],
    ['status=', 'A value is empty.'],
    ['category=a,,b', 'A value is empty.'],
    [`category=${'x'.repeat(201)}`, 'A value is longer than 200 characters.'],
    [`category=${Array.from({ length: 51 }, (_, i) => i).join(',')}`, 'At most 50 values.'],
    ['priceMin=1,5', 'It must be a decimal number.'],
    ['priceMin=1e3', 'It must be a decimal number.'],
    ['priceMin=Infinity', 'It must be a decimal number.'],
    ['quantityMin=1.0', 'It must be a whole number.'],
    ['lowStock=yes', 'It must be true or false.'],
    ['q=%20', 'It must have 1 to 200 characters.'],
  ])('say what is wrong: %s', (query, problem) => {
    const [name = ''] = query.split('=');
    expect(detailsOf(query)).toEqual({ [name]: problem });
  });

  it.each([
    'today',
    '2026-1-31',
    '2026-13-01',
    '2026-02-29',
    '2026-02-30T10:00:00Z',
    '2026-01-31T25:00Z',
    '2026-01-31T10:00',
    '2026-01-31T10:00:00%2B99:00',
    '0000-01-01',
    '0001-01-01T00:00%2B01:00',
    '9999-12-31T23:59:59-01:00',
    '%2B010000-01-01',
  ])('take no moment that is none, or that no row can have: %s', (moment) => {
    for (const name of ['after', 'before'])
      expect(detailsOf(`${name}=${moment}`)).toEqual({ [name]: expect.stringMatching(/^It must be a date/) });
  });

  it('tell everything that is wrong at once', () => {
    expect(Object.keys(detailsOf('perPage=0&sort=x&order=y&status=gone&priceMin=z')).sort()).toEqual([
      'order',
      'perPage',
      'priceMin',
      'sort',
      'status',
    ]);
  });
});
