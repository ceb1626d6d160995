// Whether every row that a statement touches of a tenant's table has to meet a condition on its account: one that stands in WHERE or in the ON
// of its join, in the query that touches the table, alone or joined to others by AND. Anything else proves nothing.
import { type Item, nameOf } from './sql-tree.ts';

const ACCOUNT = 'account_id';
/** Begin a part of a query, and end the one before. */
const CLAUSES = new Set(
  'select from where group having order limit offset fetch for window returning set values using join on do union except intersect'.split(
    ' ',
  ),
);
const SET_OPERATIONS = new Set(['union', 'except', 'intersect']);
const QUERIES = new Set(['select', 'with', 'insert', 'update', 'delete', 'merge', 'table', 'values']);
/** May stand behind a table's name without being its alias. */
const NO_ALIAS = new Set([...CLAUSES, 'as', 'cross', 'full', 'inner', 'left', 'natural', 'right', 'when', 'on']);
/** Of the row that an insert has met with, the one that it was to write. */
const EXCLUDED = 'excluded';

type Column = { readonly of: string };
/** By alias, `''` for a column that says none. `same`: rows of the first are bound when those of the second are. */
type Query = { readonly touched: string[]; readonly bound: Set<string>; readonly same: [string, string][] };

export type Findings = {
  /** Some table is touched. */
  touches: boolean;
  /** The tenant comes in from outside somewhere, as a value. */
  hasValue: boolean;
  /** Some table's rows are not bound. */
  isOpen: boolean;
};

/** Reads one statement, and adds to the findings. `isTenants`: whether a schema's table is one of tenants. */
export function readBindings(statement: readonly Item[], isTenants: (schema: string, table: string) => boolean, found: Findings): void {
  readQuery(statement);

  function readQuery(items: readonly Item[]): void {
    let query = begin();
    let [clause, from, joinKind] = ['', 0, 'inner'];
    let joined: string | undefined;
    let filled: string | undefined;
    let isTarget = false;
    const close = (until: number): void => {
      if (!isTarget && (clause === 'where' || clause === 'on')) {
        for (const atom of conjuncts(items.slice(from, until))) note(query, atom, clause === 'on' ? { joinKind, joined } : undefined);
      }
    };
    for (let i = 0; i < items.length; i += 1) {
      const item = items[i];
      if (Array.isArray(item)) {
        readInside(item, query);
        continue;
      }
      const table = tableAt(items, i);
      if (table !== undefined) {
        const isFilled = items[i - 1] === 'into' && items[i - 2] === 'insert';
        if (isFilled) filled = table.name;
        else touch(query, table.name);
        joined = table.name;
        i = table.last;
        continue;
      }
      if (item === undefined || !CLAUSES.has(item) || items[i - 1] === '.' || items[i - 1] === 'distinct') continue;
      close(i);
      [clause, from] = [item, i + 1];
      if (item === 'join') [joinKind, joined] = [kindOf(items[i - 1], items[i - 2]), undefined];
      if (SET_OPERATIONS.has(item)) {
        end(query);
        query = begin();
      }
      if (item === 'on' && items[i + 1] === 'conflict') {
        end(query);
        query = begin();
        isTarget = true;
        const columns = items[i + 2];
        const isOwn = Array.isArray(columns) && columns.some((column) => nameOf(column) === ACCOUNT);
        const changes = items.some((word, at) => at > i && word === 'do' && items[at + 1] === 'update');
        if (filled !== undefined && changes && !isOwn) touch(query, filled);
      }
      if (item === 'do') isTarget = false;
    }
    close(items.length);
    // What it does to rows that do not match is no condition.
    if (items[0] === 'merge') query.bound.clear();
    end(query);
  }

  /** What stands in parentheses is a query of its own, or a part of the one around it. */
  function readInside(items: readonly Item[], query: Query): void {
    if (isQuery(items)) {
      readQuery(items);
      return;
    }
    for (let i = 0; i < items.length; i += 1) {
      const item = items[i];
      const table = tableAt(items, i);
      if (table !== undefined) touch(query, table.name);
      if (Array.isArray(item)) readInside(item, query);
    }
  }

  /** A tenants' table that is named here, by its alias where it has one. `last`: where its name ends. */
  function tableAt(items: readonly Item[], at: number): { name: string; last: number } | undefined {
    const [schema, dot, table, next] = items.slice(at, at + 4);
    const [schemaName, tableName] = [nameOf(schema), nameOf(table)];
    if (dot !== '.' || next === '.' || items[at - 1] === '.' || schemaName === undefined || tableName === undefined) return undefined;
    if (!isTenants(schemaName, tableName)) return undefined;
    const aliasAt = next === 'as' ? at + 4 : at + 3;
    const alias = items[aliasAt];
    const name = typeof alias === 'string' && !NO_ALIAS.has(alias) ? nameOf(alias) : undefined;
    return name === undefined ? { name: tableName, last: at + 2 } : { name, last: aliasAt };
  }

  function touch(query: Query, name: string): void {
    found.touches = true;
    query.touched.push(name);
  }

  /** `on`: of which join it is the condition. That of an outer join binds rows of the table that may be missing, and no others. */
  function note(query: Query, atom: readonly Item[], on?: { joinKind: string; joined: string | undefined }): void {
    const equals = atom.indexOf('=');
    const [left, right] = [atom.slice(0, equals), atom.slice(equals + 1)];
    const columns = [columnOf(left), columnOf(right)].filter((column) => column !== undefined);
    const binds = (name: string): boolean =>
      on === undefined ||
      on.joinKind === 'inner' ||
      (on.joinKind === 'left' && on.joined !== undefined && (name === on.joined || name === ''));
    const [one, other] = columns;
    if (one === undefined) return;
    if (other === undefined) {
      if (!isValue(left) && !isValue(right)) return;
      found.hasValue = true;
      if (binds(one.of)) query.bound.add(one.of);
      return;
    }
    if (one.of === EXCLUDED || other.of === EXCLUDED) found.hasValue = true;
    if (binds(one.of)) query.same.push([one.of, other.of]);
    if (binds(other.of)) query.same.push([other.of, one.of]);
  }

  function end(query: Query): void {
    if (!isWhollyBound(query)) found.isOpen = true;
  }
}

/** A table that is compared with one of another query, or of no tenants, is bound: what that one is compared with is read there. */
function isWhollyBound({ touched, bound, same }: Query): boolean {
  const isBound = (name: string, seen: readonly string[]): boolean =>
    bound.has('') ||
    bound.has(name) ||
    same.some(
      ([one, other]) =>
        (one === name || one === '') &&
        !seen.includes(other) &&
        other !== name &&
        (!touched.includes(other) || isBound(other, [...seen, name])),
    );
  return touched.every((name) => isBound(name, []));
}

function begin(): Query {
  return { touched: [], bound: new Set(), same: [] };
}

/** Whether these items are a query, in parentheses or not. */
export function isQuery(items: readonly Item[]): boolean {
  const [first] = items;
  return typeof first === 'string' ? QUERIES.has(first) : Array.isArray(first) && isQuery(first);
}

function kindOf(before: Item | undefined, beforeThat: Item | undefined): string {
  const word = before === 'outer' ? beforeThat : before;
  return word === 'left' || word === 'right' || word === 'full' ? word : 'inner';
}

/** The conditions that all have to hold; none where one of several is enough. */
function* conjuncts(items: readonly Item[]): Generator<readonly Item[]> {
  if (items.includes('or')) return;
  let from = 0;
  for (let at = 0; at <= items.length; at += 1) {
    if (at < items.length && items[at] !== 'and') continue;
    const part = items.slice(from, at);
    from = at + 1;
    const [only] = part;
    if (part.length === 1 && Array.isArray(only) && !isQuery(only)) yield* conjuncts(only);
    else yield part;
  }
}

/** `account_id`, `t.account_id`, `orders.order.account_id`. */
function columnOf(items: readonly Item[]): Column | undefined {
  if (nameOf(items.at(-1)) !== ACCOUNT) return undefined;
  if (items.length === 1) return { of: '' };
  const of = nameOf(items.at(-3));
  const isPath = items.length === 3 || (items.length === 5 && items[1] === '.');
  return of !== undefined && items.at(-2) === '.' && isPath ? { of } : undefined;
}

/** `$1`, `$1::text`, or a string. */
function isValue([value, cast, type, ...more]: readonly Item[]): boolean {
  const isOne = typeof value === 'string' && /^(?:\$\d+|'')$/.test(value);
  return isOne && more.length === 0 && (cast === undefined || (cast === '::' && nameOf(type) !== undefined));
}
