/** How a language writes a value that JSON has. */
export type Words = {
  readonly null: string;
  readonly true: string;
  readonly false: string;
  readonly list: readonly [string, string];
  readonly object: readonly [string, string];
  /** Where it is not what is around no entries. */
  readonly emptyObject?: string;
  readonly arrow: string;
  text(text: string): string;
  /** The name of an entry; a text unless it says otherwise. */
  name?(name: string): string;
};

/** A value as a literal of the language, over several lines where it has parts. */
export function literal(words: Words, indent: string, value: unknown, depth = 0): string {
  if (value === null || typeof value === 'boolean') return words[String(value) as 'null' | 'true' | 'false'];
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return words.text(value);
  const inner = (part: unknown): string => literal(words, indent, part, depth + 1);
  if (Array.isArray(value)) return around(words.list, value.map(inner), indent, depth);
  const entries = Object.entries(value as object).map(([name, part]) => `${(words.name ?? words.text)(name)}${words.arrow}${inner(part)}`);
  return entries.length === 0 ? (words.emptyObject ?? words.object.join('')) : around(words.object, entries, indent, depth);
}

function around([open, close]: readonly [string, string], parts: readonly string[], indent: string, depth: number): string {
  if (parts.length === 0) return open + close;
  const lines = parts.map((part) => `${indent.repeat(depth + 1)}${part},\n`);
  return `${open}\n${lines.join('')}${indent.repeat(depth)}${close}`;
}
