// A statement's text as far as it takes to say which condition belongs to which query: words and signs, and what parentheses or CASE enclose
// as lists of their own. It is no parser: what it does not understand, nobody can prove anything by.

/** A word in lower case; a quoted name with a leading quote, so that it is no keyword; a sign; `''` for a string; or what is enclosed. */
export type Item = string | Item[];

/** Values that are written into the text, and comments: neither must be able to read as SQL, nor hide it. */
const NO_SQL = /(?<!\w)e'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|--[^\n]*|\/\*[\s\S]*?\*\//gi;
const ITEM = /"(?:[^"]|"")*"|''|\$\d+|[a-z_]\w*|[\d.]*\d|::|[<>!|&~@#=+*/%^-]+|\S/gi;

/** The text without values and comments: strings are empty in it. */
export function withoutValues(text: string): string {
  return text.replace(NO_SQL, (found) => (/^[-/]/.test(found) ? ' ' : "''"));
}

/** The statements of a text without values. */
export function readStatements(bare: string): Item[][] {
  const statements: Item[][] = [[]];
  const open: Item[][] = [];
  let items: Item[] = statements[0] ?? [];
  const enter = (first: Item[]): void => {
    items.push(first);
    open.push(items);
    items = first;
  };
  for (const [found] of bare.matchAll(ITEM)) {
    const word = found.startsWith('"') ? `"${found.slice(1, -1)}` : found.toLowerCase();
    if (word === '(') enter([]);
    else if (word === 'case') enter(['case']);
    else if (word === ')' || (word === 'end' && items[0] === 'case')) items = open.pop() ?? items;
    else if (word === ';' && open.length === 0) {
      items = [];
      statements.push(items);
    } else items.push(word);
  }
  return statements;
}

/** What a word or a quoted name names. */
export function nameOf(item: Item | undefined): string | undefined {
  return typeof item === 'string' && /^["a-z_]/.test(item) ? item.replace(/^"/, '') : undefined;
}
