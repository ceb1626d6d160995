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
/** Tables are made and changed for all tenants at once. */
const DEFINES = /^\s*(?:create|alter|drop)\s/i;
/** Values that the ORM writes into the text, and comments: neither must be able to read as SQL here, nor hide it. */
const NO_SQL = /E'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|--[^\n]*|\/\*[\s\S]*?\*\//g;
/** Somewhere the tenant must come in from outside: `account_id = $1`, or a value that the ORM wrote into the text. */
const NAMES_TENANT = /"?account_id"?\s*=\s*(?:\$\d+|'')/i;
/** Words that may stand behind a table's name without being its alias. */
const NO_ALIAS = new Set([
  '',
  'as',
  'cross',
  'except',
  'for',
  'full',
  'group',
  'having',
  'inner',
  'intersect',
  'join',
  'left',
  'limit',
  'natural',
  'offset',
  'on',
  'order',
  'returning',
  'right',
  'set',
  'union',
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
    return `"?${schema}"?\\s*\\.\\s*"?${name}"?(?![\\w"]|\\s*\\.)`;
  });
  // Wherever the name stands: behind FROM and UPDATE, a comma of either, USING, TABLE.
  const touches = new RegExp(`(?<![\\w".])(?:${names.join('|')})(?:\\s+(?:as\\s+)?"?(\\w*)"?)?`, 'gi');
  // New rows say themselves whose they are; what they are made from need not.
  const fills = new RegExp(`\\binsert\\s+into\\s+(?:${names.join('|')})`, 'gi');
  return (text) => {
    if (DEFINES.test(text) || ALL_TENANTS.test(text)) return;
    const bare = text.replace(NO_SQL, (found) => (/^[-/]/.test(found) ? ' ' : "''")).replace(fills, 'insert into new_rows');
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
