import { useInfiniteQuery } from '@tanstack/react-query';

type PageOf<Row, Place> = { rows: readonly Row[]; next: Place | undefined };

/** A list that comes a page at a time. `key`: everything that it depends on. `ask`: gets the page at a place that the page before named. */
export function usePages<Row, Place>(key: readonly unknown[], ask: (place?: Place) => Promise<PageOf<Row, Place>>) {
  const query = useInfiniteQuery({
    queryKey: key,
    // Of a place whose type is open the library's types know nothing.
    queryFn: ({ pageParam }) => ask(pageParam as Place | undefined),
    initialPageParam: undefined as Place | undefined,
    getNextPageParam: ({ next }) => next,
  });
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  return {
    query: { data: data?.pages.flatMap(({ rows }) => rows), error, refetch },
    more: hasNextPage ? { ask: () => fetchNextPage(), isAsking: isFetchingNextPage } : undefined,
  };
}

export const PAGE_SIZE = 50;

/** For lists whose next page is named by the last row: a page that is not full is the last one. */
export function pageByLast<Row>(rows: readonly Row[]): PageOf<Row, Row> {
  return { rows, next: rows.length < PAGE_SIZE ? undefined : rows.at(-1) };
}
