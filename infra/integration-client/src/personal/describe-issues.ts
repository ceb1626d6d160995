// What is wrong with a body, without the body. Messages of schema libraries may hold the value that was refused (valibot's and arktype's do), so
// only where and which rule is told.
import type { StandardSchemaV1 } from '@standard-schema/spec';

export type IssueDescription = { readonly path: string; readonly code: string };

const ISSUES_MAX = 20;
const CODE = /^[a-z][a-z0-9_.-]{0,39}$/i;
// A name as programmers write them, or the place in an array. What else stands in a path was the key of a record: a value.
const NAME = /^(?:[A-Za-z_][A-Za-z0-9_]{0,31}|\d{1,6})$/;

/** The first 20 issues: the path with dots, `*` for names that could be values, and the library's name of the rule. */
export function describeIssues(issues: readonly StandardSchemaV1.Issue[]): IssueDescription[] {
  return issues.slice(0, ISSUES_MAX).map((issue) => ({ path: pathOf(issue), code: codeOf(issue) }));
}

function pathOf({ path = [] }: StandardSchemaV1.Issue): string {
  const names = path.map((part) => String(typeof part === 'object' ? part.key : part));
  return names.map((name) => (NAME.test(name) ? name : '*')).join('.');
}

/** zod and arktype call it `code`, valibot `type`. */
function codeOf(issue: StandardSchemaV1.Issue): string {
  for (const name of ['code', 'type'] as const) {
    const code: unknown = Reflect.get(issue, name);
    if (typeof code === 'string' && CODE.test(code)) return code;
  }
  return 'invalid';
}
