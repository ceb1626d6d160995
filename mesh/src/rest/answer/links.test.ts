import { expect, it } from 'vitest';
import { cursorLinks, pageLinks } from './links.ts';

it.each(['page=2&sort=name', 'sort=name&page=2', 'sort=name&%70age=2', '&sort=name&&page=2&'])(
  'the links of a page have the query as it was (%s), and its place once',
  (query) => {
    const links = pageLinks('/api/v1/orders', query, { page: 2, totalPages: 3 });
    expect(links.match(/<[^>]*>/g)).toEqual(['1', '1', '3', '3'].map((page) => `</api/v1/orders?sort=name&page=${page}>`));
  },
);

it('the links of a walk name the cursor once, and no parameter that only begins like it', () => {
  expect(cursorLinks('/o', 'cursor=a&cursors=b&c%75rsor=c', { next: 'n', prev: null })).toBe(
    '</o?cursors=b&cursor=>; rel="first", </o?cursors=b&cursor=n>; rel="next"',
  );
});
