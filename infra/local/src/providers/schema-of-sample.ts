import type { JsonSchema } from './json-schema.ts';

/** What one value tells of its shape: every field it has is required, null may be anything, items are like the first. */
export function schemaOfSample(value: unknown): JsonSchema {
  if (value === null || value === undefined) return {};
  if (Array.isArray(value)) return { type: 'array', items: value.length === 0 ? {} : schemaOfSample(value[0]) };
  switch (typeof value) {
    case 'string':
      return looksLikeEmail(value) ? { type: 'string', format: 'email' } : { type: 'string' };
    case 'number':
      return { type: Number.isInteger(value) ? 'integer' : 'number' };
    case 'boolean':
      return { type: 'boolean' };
    default: {
      const entries = Object.entries(value).map(([name, part]) => [name, schemaOfSample(part)] as const);
      return { type: 'object', required: entries.map(([name]) => name), properties: Object.fromEntries(entries) };
    }
  }
}

export function looksLikeEmail(text: string): boolean {
  return /^[^@\s]+@[^@\s]+\.[a-z]{2,}$/i.test(text);
}
