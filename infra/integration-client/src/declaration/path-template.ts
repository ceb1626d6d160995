// `/payments/{id}`: values fill one segment each and can never become more of the path, of the query or of another address.

export type PathTemplate = {
  readonly names: readonly string[];
  /** Throws PathValueError for a value that cannot be a segment. */
  fill(values: Readonly<Record<string, unknown>>): string;
};

export class PathValueError extends Error {
  override readonly name = 'PathValueError';
  readonly parameter: string;

  constructor(parameter: string) {
    super(`The path parameter "${parameter}" is not a string or number that can be one segment of a path.`);
    this.parameter = parameter;
  }
}

/** Undefined when it is no template: it begins with `/`, has no query, fragment or dot segment, and a name stands alone in its segment. */
export function parsePathTemplate(path: string): PathTemplate | undefined {
  if (!/^(\/([A-Za-z0-9._~!$&'()*+,;=:@%-]|\{[A-Za-z_]\w*\})*)+$/.test(path)) return undefined;
  if (path.split('/').some((segment) => segment === '.' || segment === '..')) return undefined;
  const parts = path.split(/\{(\w+)\}/);
  const names = parts.filter((_part, index) => index % 2 === 1);
  if (new Set(names).size < names.length) return undefined;
  return {
    names,
    fill(values) {
      let path = '';
      for (const [index, part] of parts.entries()) path += index % 2 === 0 ? part : segmentOf(part, values);
      return path;
    },
  };
}

/** Is its own encoding. */
const PLAIN = /^[\w~-][\w.~-]*$/;

function segmentOf(name: string, values: Readonly<Record<string, unknown>>): string {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  const text = typeof value === 'number' || typeof value === 'bigint' ? String(value) : value;
  if (typeof text === 'string' && PLAIN.test(text)) return text;
  // Dots alone would climb; a lone surrogate has no encoding; an empty segment is another resource.
  if (typeof text !== 'string' || text === '' || text === '.' || text === '..' || !text.isWellFormed()) throw new PathValueError(name);
  return encodeURIComponent(text);
}
