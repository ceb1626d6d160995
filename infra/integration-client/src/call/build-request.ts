// A call's input becomes one request, checked by its schemas and encoded, before anything else happens.
import type { AnyDeclaration } from '../declaration/operation.ts';
import { type PathTemplate, PathValueError } from '../declaration/path-template.ts';
import type { OperationPlan } from '../declaration/plan-operation.ts';
import type { SchemaIssue } from '../errors.ts';
import { describeIssues } from '../personal-data.ts';

export type BuiltRequest = { url: string; headers: Record<string, string>; body: Buffer | undefined };
export type CallInputParts = { params?: unknown; query?: unknown; headers?: unknown; body?: unknown };
export type Built = { kind: 'built'; request: BuiltRequest } | { kind: 'invalid'; issues: SchemaIssue[] };

export type RequestTarget = { baseUrl: string; template: PathTemplate; headers: Readonly<Record<string, string>> };

/** 1 to 255 visible ASCII characters: what every provider's header takes. */
const KEY = /^[\x21-\x7e]{1,255}$/;
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e]*$/;
/** The connection's, the body's and the authorizer's own. */
const RESERVED = new Set([
  'host',
  'connection',
  'content-length',
  'content-type',
  'transfer-encoding',
  'te',
  'upgrade',
  'expect',
  'authorization',
]);

export async function buildRequest(plan: OperationPlan, target: RequestTarget, input: CallInputParts, key: unknown): Promise<Built> {
  const issues: SchemaIssue[] = [];
  const parts = await parseParts(plan.declaration, input, issues);
  if (plan.idempotency !== undefined && !(typeof key === 'string' && KEY.test(key))) issues.push({ path: 'key', code: 'not_a_key' });
  const headers: Record<string, string> = { ...target.headers };
  if (parts.headers !== undefined) addHeaders(headers, parts.headers, issues);
  if (plan.idempotency !== undefined) headers[plan.idempotency.header.toLowerCase()] = String(key);
  const url = urlOf(target, parts, issues);
  const asForm = plan.declaration.encode === 'form';
  const body = asForm ? formOf(parts.body, issues) : jsonOf(parts.body, issues);
  if (body !== undefined) headers['content-type'] = asForm ? 'application/x-www-form-urlencoded' : 'application/json';
  return issues.length === 0 ? { kind: 'built', request: { url, headers, body } } : { kind: 'invalid', issues };
}

/** Whether a header may be set by a declaration or a caller. */
export function isOwnHeader(name: string, value: string): boolean {
  return HEADER_NAME.test(name) && HEADER_VALUE.test(value) && !RESERVED.has(name.toLowerCase());
}

async function parseParts(declaration: AnyDeclaration, input: CallInputParts, issues: SchemaIssue[]): Promise<CallInputParts> {
  const parsed: CallInputParts = {};
  for (const part of ['params', 'query', 'headers', 'body'] as const) {
    const schema = declaration[part];
    if (schema === undefined) continue;
    // A part whose fields are all optional may be left out altogether.
    const given = input[part] ?? (part === 'body' ? undefined : {});
    const validating = schema['~standard'].validate(given);
    const result = validating instanceof Promise ? await validating : validating;
    if (result.issues === undefined) parsed[part] = result.value;
    else for (const { path, code } of describeIssues(result.issues)) issues.push({ path: path === '' ? part : `${part}.${path}`, code });
  }
  return parsed;
}

function addHeaders(headers: Record<string, string>, given: unknown, issues: SchemaIssue[]): void {
  for (const [name, value] of entriesOf(given)) {
    if (value === undefined) continue;
    const text = scalarText(value);
    if (text !== undefined && isOwnHeader(name, text)) headers[name.toLowerCase()] = text;
    else issues.push({ path: `headers.${name}`, code: 'not_a_header' });
  }
}

function urlOf(target: RequestTarget, { params, query }: CallInputParts, issues: SchemaIssue[]): string {
  // What its schema has refused already is not filled in.
  if (issues.length > 0) return '';
  try {
    const path = target.template.fill(isObject(params) ? params : {});
    return query === undefined ? target.baseUrl + path : target.baseUrl + path + queryText(query, issues);
  } catch (error) {
    if (!(error instanceof PathValueError)) throw error;
    issues.push({ path: `params.${error.parameter}`, code: 'not_a_segment' });
    return '';
  }
}

/** Names in order, so that one question has one address. */
function queryText(query: unknown, issues: SchemaIssue[]): string {
  const entries = entriesOf(query).sort(([one], [other]) => (one < other ? -1 : 1));
  const search = pairsOf('query', entries, issues);
  return search.size === 0 ? '' : `?${search}`;
}

function formOf(body: unknown, issues: SchemaIssue[]): Buffer | undefined {
  return body === undefined ? undefined : Buffer.from(pairsOf('body', entriesOf(body), issues).toString());
}

/** Lists repeat their name; undefined is left out. */
function pairsOf(part: 'query' | 'body', entries: readonly [string, unknown][], issues: SchemaIssue[]): URLSearchParams {
  const pairs = new URLSearchParams();
  for (const [name, value] of entries) {
    if (value === undefined) continue;
    for (const item of Array.isArray(value) ? value : [value]) {
      const text = scalarText(item);
      if (text === undefined) issues.push({ path: `${part}.${name}`, code: part === 'query' ? 'not_a_query_value' : 'not_a_form_value' });
      else pairs.append(name, text);
    }
  }
  return pairs;
}

function jsonOf(body: unknown, issues: SchemaIssue[]): Buffer | undefined {
  if (body === undefined) return undefined;
  try {
    const text: string | undefined = JSON.stringify(body);
    if (text !== undefined) return Buffer.from(text);
  } catch {
    // A circle or a bigint: said below.
  }
  issues.push({ path: 'body', code: 'not_json' });
  return undefined;
}

function entriesOf(value: unknown): [string, unknown][] {
  return isObject(value) ? Object.entries(value) : [];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function scalarText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint' ? String(value) : undefined;
}
