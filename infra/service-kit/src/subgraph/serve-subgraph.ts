// A subgraph over HTTP, for the distributed topology: Apollo Server behind node:http. Only callers that our own programs vouch for get in.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApolloServer, HeaderMap } from '@apollo/server';
import { unwrapResolverError } from '@apollo/server/errors';
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { AppError, ERRORS } from '@portico/contracts/errors';
import type { GraphQLFormattedError } from 'graphql';
import type { Registry } from 'prom-client';
import { translateDatabaseError } from '../database/database-errors.ts';
import { databaseHealth } from '../database/database-health.ts';
import { CALLER_HEADER, readCallerHeader } from '../graph/caller-header.ts';
import { listen } from '../http/http-listener.ts';
import { leaveService } from '../http/leave-service.ts';
import type { Logger } from '../logger.ts';
import { traceAnswer } from '../tracing/trace-answer.ts';
import { NO_TRACING, type Tracing } from '../tracing/tracing.ts';
import type { SubgraphContext } from './context.ts';
import type { Subgraph } from './start-subgraph.ts';

/** How long what is under way may take when the program stops: longer than a statement may. */
const SHUTDOWN_TIMEOUT_MS = 12_000;
const BODY_BYTES_MAX = 4 * 1024 * 1024;

export type ServeOptions = {
  host: string;
  port: number;
  internalSecret: string;
  /** How long it goes on answering when it is disposed, while `GET /health` says that it is not ready. */
  shutdownDelayMs: number;
  logger: Logger;
  tracing?: Tracing;
  registry?: Registry;
};

/**
 * Listens and answers `POST /graphql`, `GET /health`, `GET /health/live`, and `GET /metrics` of a registry. Disposing stops accepting and waits for what
 * is under way.
 */
export async function serveSubgraph(subgraph: Subgraph, options: ServeOptions): Promise<AsyncDisposable & { url: string }> {
  const apollo = new ApolloServer<SubgraphContext>({
    schema: subgraph.endpoint.schema,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    plugins: [ApolloServerPluginInlineTraceDisabled()],
    // The process has one owner of its signals, and it is not this server.
    stopOnTerminationSignals: false,
    formatError: (formatted, error) => maskError(formatted, unwrapResolverError(error), subgraph.name, options.logger),
  });
  await apollo.start();
  let isLeaving = false;
  const listener = await listen({
    host: options.host,
    port: options.port,
    shutdownTimeoutMs: SHUTDOWN_TIMEOUT_MS,
    handler: (req, res) => {
      if (isLeaving && req.url === '/health') return send(res, 503, {}, '{"status":"stopping"}');
      answer(apollo, subgraph, options, req, res).catch((err: unknown) => {
        options.logger.error({ err, subgraph: subgraph.name }, 'request failed');
        if (!res.headersSent) send(res, 500, {}, JSON.stringify({ errors: [{ message: ERRORS.INTERNAL_ERROR.title }] }));
      });
    },
  });
  return {
    url: `${listener.url}/graphql`,
    async [Symbol.asyncDispose]() {
      isLeaving = true;
      await leaveService([listener], options.shutdownDelayMs);
      await listener[Symbol.asyncDispose]();
      await apollo.stop();
    },
  };
}

async function answer(
  apollo: ApolloServer<SubgraphContext>,
  subgraph: Subgraph,
  options: ServeOptions,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  if (req.method === 'GET' && req.url === '/health') {
    const health = await databaseHealth(subgraph.database.run, subgraph.name).catch(() => ({ status: 'down' }));
    return send(res, health.status === 'down' ? 503 : 200, {}, JSON.stringify(health));
  }
  if (req.method === 'GET' && req.url === '/health/live') return send(res, 200, {}, '{"status":"up"}');
  const { registry } = options;
  if (req.method === 'GET' && req.url === '/metrics' && registry !== undefined) {
    return send(res, 200, { 'content-type': registry.contentType }, await registry.metrics());
  }
  const header = req.headers[CALLER_HEADER];
  let context: SubgraphContext;
  try {
    const caller = readCallerHeader(Array.isArray(header) ? undefined : header, options.internalSecret);
    context = subgraph.contextFor(traceAnswer(options.tracing ?? NO_TRACING, res, caller));
  } catch {
    return send(
      res,
      401,
      {},
      JSON.stringify({ errors: [{ message: ERRORS.AUTHENTICATION_ERROR.title, extensions: { code: 'AUTHENTICATION_ERROR' } }] }),
    );
  }
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(req.headers)) if (value !== undefined) headers.set(name, String(value));
  const result = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { method: req.method ?? 'GET', headers, search: '', body: JSON.parse(await readText(req)) },
    context: () => Promise.resolve(context),
  });
  if (result.body.kind !== 'complete') throw new Error('Incremental delivery is not supported.');
  send(res, result.status ?? 200, Object.fromEntries(result.headers), result.body.string);
}

function maskError(formatted: GraphQLFormattedError, error: unknown, subgraph: string, logger: Logger): GraphQLFormattedError {
  const known = translateDatabaseError(error);
  if (known instanceof AppError) return { ...formatted, message: known.message, extensions: { ...known.extensions } };
  // What Apollo itself refuses (a document that does not validate) is ours to see, not the integrator's.
  logger.error({ err: error, subgraph }, 'resolver failed');
  return { ...formatted, message: ERRORS.INTERNAL_ERROR.title, extensions: { code: 'INTERNAL_ERROR' } };
}

async function readText(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new AppError('PAYLOAD_TOO_LARGE');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function send(res: ServerResponse, status: number, headers: Record<string, string>, body: string): void {
  res.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers, 'content-length': Buffer.byteLength(body) });
  res.end(body);
}
