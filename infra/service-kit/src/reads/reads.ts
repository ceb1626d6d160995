// Reads of one program: pages, single rows and references, straight from SQL to plain rows. The ORM's entities are for writes;
// making them costs a list 4-5 times what its rows cost.
import { type Tenant, tenantKey } from '@portico/contracts/caller';
import { LRUCache } from 'lru-cache';
import { encodeCursor, refusedPlace } from './cursor.ts';
import { countStatement, type PageRequest, type PageStatement, pageStatement } from './page-statement.ts';
import { columnsFor, type ReadModel } from './read-model.ts';
import type { Selection } from './selection.ts';

export type Row = Readonly<Record<string, unknown>>;

export type Page = { items: Row[]; total: number | undefined; nextCursor: string | null; prevCursor: string | null };

export type RunStatement = (text: string, values: readonly unknown[]) => Promise<Row[]>;

export type Reads = {
  /**
   * One page, in one statement. `total` costs nothing while no row of the tenant changed since it was counted; after a change it is counted
   * beside the page, or, when the change was another process's, by a second statement.
   */
  page(model: ReadModel, tenant: Tenant, request: PageRequest, selection: Selection, wantsTotal: boolean): Promise<Page>;
  /** The visible row whose `column` (SQL over `t`) has the value. */
  one(model: ReadModel, tenant: Tenant, column: string, value: string, selection: Selection): Promise<Row | undefined>;
  /** The rows whose `column` has one of the values, hidden ones included: what others refer to stays readable. `tail` is SQL behind WHERE. */
  many(model: ReadModel, tenant: Tenant, column: string, values: readonly string[], selection: Selection, tail?: string): Promise<Row[]>;
  /** Told of every write of this process, so that a total which cannot hold any more is not compared first. */
  changed(tenant: Tenant): void;
};

const TENANTS_MAX = 10_000;
const TOTALS_MAX = 5_000;

/** `schema`: where the program's `data_version` table is. */
export function createReads({ schema, run }: { schema: string; run: RunStatement }): Reads {
  const totals = new LRUCache<string, { version: string; total: number; writes: number }>({ max: TOTALS_MAX });
  const writesOf = new LRUCache<string, number>({ max: TENANTS_MAX });
  const versionSql = `(select coalesce(sum(v.version), 0)::text from ${schema}.data_version v where v.account_id = $1 and v.mode = $2)`;

  async function totalOf(model: ReadModel, tenant: Tenant, request: PageRequest, rows: readonly Row[], key: string): Promise<number> {
    const skipped = ((request.number ?? 1) - 1) * request.size;
    // A page that is not full is the last one: its place tells the total.
    if (rows.length < request.size && (rows.length > 0 || skipped === 0)) return skipped + rows.length;
    const known = totals.get(key);
    if (model.unversioned !== true && known !== undefined && known.version === rows[0]?.$version) return known.total;
    if (rows[0]?.$total !== undefined) return remember(key, tenant, rows[0].$version, rows[0].$total);
    const statement = countStatement(model, [tenant.accountId, tenant.mode], request.filter, versionSql);
    const [counted] = await run(statement.text, statement.values);
    return remember(key, tenant, counted?.$version, counted?.total);
  }

  function remember(key: string, tenant: Tenant, version: unknown, counted: unknown): number {
    const total = Number(counted ?? 0);
    totals.set(key, { version: String(version), total, writes: writesOf.get(tenantKey(tenant)) ?? 0 });
    return total;
  }

  /** Whether the total that is kept may still hold. Only the page's own `$version` says that it does. */
  function isWarm(key: string, tenant: Tenant): boolean {
    return totals.get(key)?.writes === (writesOf.get(tenantKey(tenant)) ?? 0);
  }

  return {
    async page(model, tenant, request, selection, wantsTotal) {
      const tenantValues = [tenant.accountId, tenant.mode] as const;
      const columns = columnsFor(model, selection);
      const key = wantsTotal ? JSON.stringify([model.table, tenantValues, request.filter]) : '';
      const counted = wantsTotal && (model.unversioned === true || !isWarm(key, tenant));
      const statement = pageStatement(model, columns, tenantValues, request, wantsTotal ? versionSql : undefined, counted);
      const rows = await run(statement.text, statement.values).catch((error: unknown) => {
        throw statement.cursor === undefined ? error : refusedPlace(error);
      });
      const total = wantsTotal ? await totalOf(model, tenant, request, rows, key) : undefined;
      if (request.number !== undefined) return { items: rows, total, nextCursor: null, prevCursor: null };
      return { ...walk(rows, statement, request.size), total };
    },

    async one(model, tenant, column, value, selection) {
      const hidden = model.visible === undefined ? '' : ` and ${model.visible}`;
      const text = `select ${columnsFor(model, selection).sql} from ${model.table} t where t.account_id = $1 and t.mode = $2 and ${column} = $3${hidden}`;
      return (await run(text, [tenant.accountId, tenant.mode, value]))[0];
    },

    async many(model, tenant, column, values, selection, tail = '') {
      const text = `select ${columnsFor(model, selection).sql} from ${model.table} t where t.account_id = $1 and t.mode = $2 and ${column} = any($3) ${tail}`;
      return run(text, [tenant.accountId, tenant.mode, values]);
    },

    changed(tenant) {
      const key = tenantKey(tenant);
      writesOf.set(key, (writesOf.get(key) ?? 0) + 1);
    },
  };
}

/** Turns the rows of a walk into a page: in list order, without the surplus row, with the cursors of its edges. */
function walk(rows: Row[], { cursor, keyColumns, order }: PageStatement, size: number): Omit<Page, 'total'> {
  const backward = cursor?.direction === 'before';
  const more = rows.length > size;
  const items = rows.slice(0, size);
  if (backward) items.reverse();
  const edge = (row: Row | undefined, direction: 'after' | 'before'): string | null =>
    row === undefined ? null : encodeCursor({ direction, order, keys: keyColumns.map((name) => row[name] as string | number) });
  const hasNext = backward ? true : more;
  const hasPrev = backward ? more : cursor !== undefined;
  return { items, nextCursor: hasNext ? edge(items.at(-1), 'after') : null, prevCursor: hasPrev ? edge(items[0], 'before') : null };
}
