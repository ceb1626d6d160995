// The last line of tenant isolation: a statement that touches a tenant's table without naming the tenant does not leave the process,
// whoever wrote it: the ORM with its filter switched off, a query builder, raw SQL.
// A statement's text is judged once; the verdict is remembered with the text.
import { isQuery, readBindings } from './bound-tables.ts';
import { type Item, readStatements, withoutValues } from './sql-tree.ts';

/** Raised for a statement that could see or change another tenant's rows. Always a defect of ours, never the caller's. */
export class TenancyError extends Error {
  override readonly name = 'TenancyError';
}

/** Opens a statement that is meant for all tenants (a sweeper, an export for operators). The reason is part of the SQL, and so of every log. */
export function allTenants(reason: string): string {
  return `/* all tenants: ${reason.replaceAll('*/', '')} */ `;
}

const ALL_TENANTS = /^\/\* all tenants: [^*]+\*\/ /;
/** Tables are made and changed for all tenants at once; what a function does is said when it is made. */
const DEFINES = /^\s*(?:create|alter|drop)\s/i;
const BODY = /\$([a-z_]\w*)?\$[\s\S]*?\$\1\$/gi;

/** Judges statements against the tables (`orders.order`) whose rows belong to tenants. */
export function createTenancyGate(tenantTables: readonly string[]): (text: string) => void {
  if (tenantTables.length === 0) return () => {};
  const tables = new Set(tenantTables);
  const isTenants = (schema: string, table: string): boolean => tables.has(`${schema}.${table}`);
  // Most texts name none of them, and need not be read.
  const names = new RegExp(`(?:${tenantTables.map((table) => table.split('.')[1]).join('|')})`, 'i');
  return (text) => {
    if (!names.test(text) || ALL_TENANTS.test(text)) return;
    const isDefinition = DEFINES.test(text);
    const bare = withoutValues(isDefinition ? text.replace(BODY, "''") : text);
    const found = { touches: false, hasValue: false, isOpen: false };
    for (const statement of readStatements(bare)) {
      const judged = isDefinition ? queryOf(statement) : statement;
      if (!isHeldRow(judged)) readBindings(judged, isTenants, found);
    }
    // Comments of PostgreSQL can be nested: what is left of such a one may have hidden a condition.
    if (found.touches && (found.isOpen || !found.hasValue || bare.includes('*/'))) {
      throw new TenancyError(`A statement touches tenant rows without naming the tenant: ${bare}`);
    }
  };
}

/** What a new table or view is made from; nothing of any other definition. */
function queryOf(statement: readonly Item[]): readonly Item[] {
  const [first] = statement;
  if (first === 'alter' || first === 'drop') return [];
  if (first !== 'create') return statement;
  const from = statement.findIndex((item, at) => item === 'as' && isQuery(statement.slice(at + 1)));
  return from === -1 ? [] : statement.slice(from + 1);
}

/**
 * The unit of work checks and changes rows by their keys and the version that it read, or sets of many: it holds them already, read under the
 * tenant filter.
 */
function isHeldRow(statement: readonly Item[]): boolean {
  const isOfOrm = statement[0] === 'update' || (statement[0] === 'select' && statement[3] === '"id' && statement[4] === 'from');
  const where = statement.lastIndexOf('where');
  if (!isOfOrm || where === -1) return false;
  const end = statement.indexOf('returning', where);
  const wordsFrom = (start: number): readonly Item[] =>
    statement.slice(start, end === -1 ? undefined : end).flat(Number.POSITIVE_INFINITY as 1);
  return wordsFrom(where).includes('"id') && wordsFrom(0).includes('"version');
}
