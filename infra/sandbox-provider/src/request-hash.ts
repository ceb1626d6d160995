import { hash } from 'node:crypto';

/** Stands for a request that was parsed: equal for the same properties in the same order of the schema. */
export function requestHash(parsed: unknown): string {
  return hash('sha256', JSON.stringify(parsed));
}
