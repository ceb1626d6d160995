// How a type is read from its table: its fields as SQL, what it can be filtered and sorted by. From this and a query's selection
// the statements are made that read no column nobody asked for.
import type { Filter } from './filters.ts';
import type { Selection } from './selection.ts';

/**
 * A field of the type: a piece of SQL over the table's alias `t`; the names of other fields that its resolver needs;
 * or, for an object inside the row, SQL made from what is asked under it.
 */
export type Column = string | readonly string[] | ((selection: Selection) => string);

export type ReadModel = {
  /** `products.product`. It has the columns id, account_id and mode. */
  readonly table: string;
  /** SQL over `t` that hides rows from lists and look-ups, never from references of other rows. */
  readonly visible?: string;
  /** Rows also change without raising the tenant's data version, so no total is remembered. */
  readonly unversioned?: true;
  readonly columns: Readonly<Record<string, Column>>;
  readonly filters: Readonly<Record<string, Filter>>;
  /** Sort fields as SQL over columns that are never null. */
  readonly sorts: Readonly<Record<string, string>>;
};

export type ColumnList = { readonly key: string; readonly sql: string };

const remembered = new WeakMap<ReadModel, WeakMap<Selection, ColumnList>>();

/** The SELECT list for a selection, each column under its field's name, and a short text that stands for it. */
export function columnsFor(model: ReadModel, selection: Selection): ColumnList {
  let lists = remembered.get(model);
  if (lists === undefined) {
    lists = new WeakMap();
    remembered.set(model, lists);
  }
  let list = lists.get(selection);
  if (list === undefined) {
    list = buildColumns(model, selection);
    lists.set(selection, list);
  }
  return list;
}

function buildColumns(model: ReadModel, selection: Selection): ColumnList {
  const columns = new Map<string, string>();
  const add = (field: string, under: Selection): void => {
    const column = Object.hasOwn(model.columns, field) ? model.columns[field] : undefined;
    if (column === undefined || columns.has(field)) return;
    if (typeof column === 'string') columns.set(field, column);
    else if (typeof column === 'function') columns.set(field, column(under));
    else for (const needed of column) add(needed, new Map());
  };
  for (const [field, under] of selection) add(field, under);
  if (columns.size === 0) columns.set('id', 't.id');
  const parts = [...columns].sort(([a], [b]) => (a < b ? -1 : 1)).map(([field, sql]) => `${sql} as "${field}"`);
  // A nested column's SQL depends on more than its name, so the SQL itself is the key.
  return { key: parts.join(','), sql: parts.join(', ') };
}
