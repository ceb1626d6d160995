import { toIsoInstant } from '@portico/service-kit/subgraph/scalars';

/** A column of the type timestamptz, which plain statements answer as PostgreSQL's text. */
export function storedTime(value: unknown): Date;
export function storedTime(value: unknown, orNull: 'nullable'): Date | null;
export function storedTime(value: unknown, orNull?: 'nullable'): Date | null {
  if (orNull !== undefined && (value === null || value === undefined)) return null;
  return new Date(toIsoInstant(value));
}
