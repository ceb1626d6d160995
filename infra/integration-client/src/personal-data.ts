import type { StandardSchemaV1 } from '@standard-schema/spec';

/** Places and codes only: messages may hold values. */
export function describeIssues(issues: readonly StandardSchemaV1.Issue[]): { path: string; code: string }[] {
  return issues.map(({ path }) => ({
    path: (path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.'),
    code: 'invalid',
  }));
}
