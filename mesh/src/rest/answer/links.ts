import { parameterName } from '../query/query-string.ts';

/** A `Link` header (RFC 8288) for a page, with the query as it was but for its place. */
export function pageLinks(path: string, query: string, { page, totalPages }: { page: number; totalPages: number }): string {
  const last = Math.max(1, totalPages);
  const links: [string, number][] = [['first', 1]];
  if (page > 1) links.push(['prev', Math.min(page - 1, last)]);
  if (page < last) links.push(['next', page + 1]);
  links.push(['last', last]);
  return links.map(([relation, number]) => link(path, query, 'page', String(number), relation)).join(', ');
}

/** The same for a walk by cursor: only neighbours are known. */
export function cursorLinks(path: string, query: string, { next, prev }: { next: string | null; prev: string | null }): string {
  const links = [link(path, query, 'cursor', '', 'first')];
  if (prev !== null) links.push(link(path, query, 'cursor', prev, 'prev'));
  if (next !== null) links.push(link(path, query, 'cursor', next, 'next'));
  return links.join(', ');
}

function link(path: string, query: string, parameter: string, value: string, relation: string): string {
  const kept = query.split('&').filter((pair) => pair !== '' && parameterName(pair) !== parameter);
  return `<${path}?${[...kept, `${parameter}=${encodeURIComponent(value)}`].join('&')}>; rel="${relation}"`;
}
