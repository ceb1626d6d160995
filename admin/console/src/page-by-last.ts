/** How many rows a page of a list has. */
export const PAGE_SIZE = 50;

/** For lists whose next page begins after the last row: a page that is not full is the last one. */
export function pageByLast<Row>(rows: readonly Row[]): { rows: readonly Row[]; after: Row | undefined } {
  return { rows, after: rows.length < PAGE_SIZE ? undefined : rows.at(-1) };
}
