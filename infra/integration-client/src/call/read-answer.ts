import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { OperationPlan } from '../declaration/plan-operation.ts';
import { describeIssues } from '../personal-data.ts';
import { type Failure, responseSchemaFailure } from './failure.ts';

/** A success as it came: what may be kept, for every caller parses it anew and none can change another's. */
export type WireAnswer = { status: number; headers: Readonly<Record<string, string>>; text: string };

export type Read = { kind: 'read'; data: unknown } | { kind: 'failed'; failure: Failure };

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\b/i;

/** The body by its schema. Without a schema it is passed on as it is. A promise only where the schema makes one. */
export function readAnswer(plan: OperationPlan, { status, headers, text }: WireAnswer): Read | Promise<Read> {
  const body = parseBody(headers['content-type'], text);
  if (body.kind === 'broken') return failed(status, [{ path: '', code: 'not_json' }]);
  const schema = plan.declaration.response;
  if (schema === undefined) return { kind: 'read', data: body.value };
  const validating = schema['~standard'].validate(body.value);
  return validating instanceof Promise ? validating.then((result) => readOf(result, status)) : readOf(validating, status);
}

function readOf(result: StandardSchemaV1.Result<unknown>, status: number): Read {
  return result.issues === undefined ? { kind: 'read', data: result.value } : failed(status, describeIssues(result.issues));
}

/** Nothing is undefined, JSON is its value, anything else its text. */
export function parseBody(contentType: string | undefined, text: string): { kind: 'parsed'; value: unknown } | { kind: 'broken' } {
  if (text === '') return { kind: 'parsed', value: undefined };
  if (!JSON_TYPE.test(contentType ?? 'application/json')) return { kind: 'parsed', value: text };
  try {
    return { kind: 'parsed', value: JSON.parse(text) };
  } catch {
    return { kind: 'broken' };
  }
}

function failed(status: number, issues: { path: string; code: string }[]): Read {
  return { kind: 'failed', failure: responseSchemaFailure(status, issues) };
}
