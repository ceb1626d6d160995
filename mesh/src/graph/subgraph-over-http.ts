// A subgraph in another process. It is asked over connections that stay open, and has one deadline for everything: a connection to be free,
// the answer to begin, and the answer to end. What is no answer of GraphQL, of it or of a proxy before it, goes no further than here.
import type { ErrorCode } from '@portico/contracts/errors';
import { CALLER_HEADER, signCaller } from '@portico/service-kit/graph/caller-header';
import { Pool, errors as undiciErrors } from 'undici';
import { failedFetch } from './failed-fetch.ts';
import type { GraphRequest } from './graph-request.ts';
import { isObject } from './plan/execution-state.ts';
import type { SubgraphClient, SubgraphResult, Variables } from './subgraph-fetch.ts';

const CONNECTIONS_MAX = 64;
const CONNECT_TIMEOUT_MS = 2_000;
/** Some three times a page of a hundred delivery attempts with the longest bodies that are kept. */
const ANSWER_BYTES_MAX = 67_108_864;

export function overHttp(url: string, options: { internalSecret: string; requestTimeoutMs: number }): SubgraphClient {
  const { internalSecret, requestTimeoutMs } = options;
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, {
    connections: CONNECTIONS_MAX,
    maxResponseSize: ANSWER_BYTES_MAX,
    // These count from when a connection is free, and between any two bytes.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: Math.min(requestTimeoutMs, CONNECT_TIMEOUT_MS) },
  });
  async function post(query: string, variables: Variables, { caller }: GraphRequest): Promise<SubgraphResult> {
    const headers: Record<string, string> = {
      'content-type': 'application/json',
      accept: 'application/json',
      [CALLER_HEADER]: signCaller(caller, internalSecret),
      'x-request-id': caller.requestId,
    };
    if (caller.traceparent !== undefined) headers.traceparent = caller.traceparent;
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), requestTimeoutMs);
    try {
      const body = JSON.stringify({ query, variables });
      const response = await pool.request({ path: pathname, method: 'POST', headers, body, signal: deadline.signal });
      const answer = readAnswer(await response.body.json().catch(undefinedIfNotJson));
      return answer ?? failedFetch(response.statusCode >= 500 ? 'SERVICE_UNAVAILABLE' : 'UPSTREAM_ERROR');
    } catch (error) {
      return failedFetch(deadline.signal.aborted ? 'UPSTREAM_TIMEOUT' : codeOf(error));
    } finally {
      clearTimeout(timer);
    }
  }
  return {
    prepare: (operation) => (variables, request) => post(operation, variables, request),
    close: () => pool.close(),
  };
}

function codeOf(error: unknown): ErrorCode {
  return error instanceof undiciErrors.ResponseExceededMaxSizeError ? 'UPSTREAM_ERROR' : 'SERVICE_UNAVAILABLE';
}

function undefinedIfNotJson(error: unknown): undefined {
  if (!(error instanceof SyntaxError)) throw error;
}

/** Undefined for what is no answer: it has data, or says why not (GraphQL specification, 7.1). What the data is like its subgraph's schema says. */
function readAnswer(answer: unknown): SubgraphResult | undefined {
  if (!isObject(answer)) return undefined;
  const data = answer.data ?? null;
  const errors = answer.errors ?? [];
  if (!(data === null || isObject(data)) || !Array.isArray(errors) || !errors.every(isError)) return undefined;
  if (errors.length > 0) return { data, errors };
  return data === null ? undefined : { data };
}

function isError(error: unknown): boolean {
  if (!isObject(error) || typeof error.message !== 'string') return false;
  return Array.isArray(error.path ?? []) && isObject(error.extensions ?? {});
}
