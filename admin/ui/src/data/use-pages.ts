import { type QueryKey, useInfiniteQuery } from '@tanstack/react-query';

/** A list that is asked for page by page, by where the page before ended. `after` of a page is absent when it was the last. */
export function usePages<Row, After>(options: {
  queryKey: QueryKey;
  /** How often what is new is looked for, while the first page alone is shown. */
  refreshMs?: number;
  ask(after: After | undefined, signal: AbortSignal): Promise<{ rows: readonly Row[]; after: After | undefined }>;
}) {
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: [...options.queryKey, 'pages'],
    queryFn: ({ pageParam, signal }) => options.ask(pageParam as After | undefined, signal),
    refetchInterval: ({ state }) => (options.refreshMs !== undefined && (state.data?.pages.length ?? 1) < 2 ? options.refreshMs : false),
    initialPageParam: undefined as After | undefined,
    getNextPageParam: ({ after }) => after,
  });
  return {
    data: data?.pages.flatMap(({ rows }) => rows),
    error,
    refetch,
    more: hasNextPage ? { ask: fetchNextPage, isAsking: isFetchingNextPage } : undefined,
  };
}
