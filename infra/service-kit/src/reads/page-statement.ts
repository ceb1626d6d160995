// The statement of a list: one per combination of columns, given filters, sort and way of paging. Values only ever travel as parameters.
import { type Cursor, decodeCursor } from './cursor.ts';
import type { ColumnList, ReadModel } from './read-model.ts';

export type SortKey = { readonly field: string; readonly direction: 'asc' | 'desc' };

export type PageRequest = {
  readonly filter: Readonly<Record<string, unknown>>;
  readonly sort: readonly SortKey[];
  readonly size: number;
  /** Counts from 1; undefined to walk by cursor. */
  readonly number: number | undefined;
  readonly cursor: string | undefined;
};

export type PageStatement = {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly order: string;
  readonly cursor: Cursor | undefined;
  /** Names of the hidden columns that carry the sort keys, id last; empty when paging by number. */
  readonly keyColumns: readonly string[];
};

/** `versionSql`: reads the data version beside the rows. `counted`: counts all rows of the filter beside them. */
export function pageStatement(
  model: ReadModel,
  columns: ColumnList,
  tenantValues: readonly [string, string],
  request: PageRequest,
  versionSql: string | undefined,
  counted = false,
): PageStatement {
  const sort = totalSort(request.sort);
  const order = sort.map(({ field, direction }) => `${field} ${direction}`).join();
  const values: unknown[] = [...tenantValues];
  const all = filterConditions(model, request.filter, values);
  const conditions = [...all];
  const byCursor = request.number === undefined;
  const expressions = sort.map(({ field }) => (field === 'id' ? 't.id' : model.sorts[field])) as string[];
  const cursor = byCursor && request.cursor !== undefined ? decodeCursor(request.cursor, order, sort.length) : undefined;
  const backward = cursor?.direction === 'before';
  if (cursor !== undefined) conditions.push(beyond(expressions, sort, cursor, values));
  const orderBy = sort.map(({ direction }, i) => `${expressions[i]} ${backward ? opposite(direction) : direction}`).join(', ');
  const keyColumns = byCursor ? sort.map((_, i) => `$${i}`) : [];
  const select = [columns.sql, ...keyColumns.map((name, i) => `${expressions[i]} as "${name}"`)];
  if (versionSql !== undefined) select.push(`${versionSql} as "$version"`);
  if (counted) select.push(`(select count(*) from ${model.table} t where ${all.join(' and ')}) as "$total"`);
  // One row more than the page tells a walker whether there is a next page.
  values.push(byCursor ? request.size + 1 : request.size);
  let text = `select ${select.join(', ')} from ${model.table} t where ${conditions.join(' and ')} order by ${orderBy} limit $${values.length}`;
  if (request.number !== undefined && request.number > 1) {
    values.push((request.number - 1) * request.size);
    text += ` offset $${values.length}`;
  }
  return { text, values, order, cursor, keyColumns };
}

export function countStatement(
  model: ReadModel,
  tenantValues: readonly [string, string],
  filter: Readonly<Record<string, unknown>>,
  versionSql: string,
): { text: string; values: readonly unknown[] } {
  const values: unknown[] = [...tenantValues];
  const conditions = filterConditions(model, filter, values);
  return {
    text: `select count(*) as "total", ${versionSql} as "$version" from ${model.table} t where ${conditions.join(' and ')}`,
    values,
  };
}

function filterConditions(model: ReadModel, filter: Readonly<Record<string, unknown>>, values: unknown[]): string[] {
  const conditions = ['t.account_id = $1', 't.mode = $2'];
  if (model.visible !== undefined) conditions.push(model.visible);
  for (const name of Object.keys(filter).sort()) {
    const input = filter[name];
    const condition = Object.hasOwn(model.filters, name) ? model.filters[name] : undefined;
    if (condition === undefined || input === undefined || input === null) continue;
    values.push(condition.value(input));
    conditions.push(condition.sql(`$${values.length}`));
  }
  return conditions;
}

/** The asked sort, newest first by default, with the id behind it so that no two rows are equal. */
function totalSort(sort: readonly SortKey[]): SortKey[] {
  const asked: readonly SortKey[] = sort.length === 0 ? [{ field: 'createdAt', direction: 'desc' }] : sort;
  return [...asked, { field: 'id', direction: asked.at(-1)?.direction ?? 'desc' }];
}

/** The rows beyond the cursor's. One direction throughout is a row comparison, which an index answers; mixed ones are spelled out. */
function beyond(expressions: readonly string[], sort: readonly SortKey[], cursor: Cursor, values: unknown[]): string {
  const operators = sort.map(({ direction }) => ((direction === 'asc') === (cursor.direction === 'after') ? '>' : '<'));
  const placeholders = cursor.keys.map((key) => `$${values.push(key)}`);
  if (new Set(operators).size === 1) return `(${expressions.join(', ')}) ${operators[0]} (${placeholders.join(', ')})`;
  const alternatives = expressions.map((expression, i) =>
    [
      ...expressions.slice(0, i).map((equal, j) => `${equal} = ${placeholders[j]}`),
      `${expression} ${operators[i]} ${placeholders[i]}`,
    ].join(' and '),
  );
  return `(${alternatives.map((alternative) => `(${alternative})`).join(' or ')})`;
}

function opposite(direction: 'asc' | 'desc'): 'asc' | 'desc' {
  return direction === 'asc' ? 'desc' : 'asc';
}
