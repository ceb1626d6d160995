// The last line of tenant isolation: a statement that touches a tenant's table without naming the tenant does not leave the process,
// whoever wrote it: the ORM with its filter switched off, a query builder, raw SQL.
// A statement's text is judged once; the verdict is remembered with the text.

/** Raised for a statement that could see or change another tenant's rows. Always a defect of ours, never the caller's. */
export class TenancyError extends Error {
  override readonly name = 'TenancyError';
}

/** Opens a statement that is meant for all tenants (a sweeper, an export for operators). The reason is part of the SQL, and so of every log. */
export function allTenants(reason: string): string {
  return `/* all tenants: ${reason.replaceAll('*/', '')} */ `;
}

const ALL_TENANTS = /^\/\* all tenants: [^*]+\*\/ /;
const WRITES_ROWS = /^\s*insert\s/i;
/** Values that the ORM writes into the text; a value must not be able to read as SQL here. */
const LITERALS = /E'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'/g;
/** Somewhere the tenant must come in from outside: `account_id = $1`, or a value that the ORM wrote into the text. */
const NAMES_TENANT = /"?account_id"?\s*=\s*(?:\$\d+|'')/i;
/** Words that may stand behind a table's name without being its alias. */
const NO_ALIAS = new Set([
  '',
  'as',
  'cross',
  'for',
  'group',
  'inner',
  'join',
  'left',
  'limit',
  'on',
  'order',
  'returning',
  'right',
  'set',
  'using',
  'where',
]);
/** The unit of work checks and changes a row by its key and the version it read: it holds the row already, read under the tenant filter. */
const HELD_ROW = /^\s*(?:update\b|select "\w+"\."id" from)[\s\S]*\bwhere\b[\s\S]*"id"[\s\S]*"version"/i;

/** Judges statements against the tables (`orders.order`) whose rows belong to tenants. */
export function createTenancyGate(tenantTables: readonly string[]): (text: string) => void {
  if (tenantTables.length === 0) return () => {};
  const names = tenantTables.map((table) => {
    const [schema, name] = table.split('.');
    return `"?${schema}"?\\."?${name}"?(?![\\w"])`;
  });
  const touches = new RegExp(`\\b(?:from|join|update|into)\\s+(?:only\\s+)?(?:${names.join('|')})(?:\\s+(?:as\\s+)?"?(\\w*)"?)?`, 'gi');
  return (text) => {
    if (WRITES_ROWS.test(text) || ALL_TENANTS.test(text)) return;
    const bare = text.replace(LITERALS, "''");
    const aliases = [...bare.matchAll(touches)].map((match) => match[1] ?? '');
    if (aliases.length === 0 || HELD_ROW.test(bare)) return;
    if (!NAMES_TENANT.test(bare) || !aliases.every((alias) => isBound(bare, alias))) {
      throw new TenancyError(`A statement touches tenant rows without naming the tenant: ${bare}`);
    }
  };
}

/** Whether the rows of this alias are compared by account: with a value, or with another table that is bound in its turn. */
function isBound(bare: string, alias: string): boolean {
  const column = NO_ALIAS.has(alias.toLowerCase()) ? '"?account_id"?' : `"?${alias}"?\\."?account_id"?`;
  return new RegExp(`(?:${column}\\s*=\\s*(?:\\$\\d|''|"?\\w+"?\\."?account_id)|account_id"?\\s*=\\s*${column})`, 'i').test(bare);
}
