import type { RequestListener, ServerResponse } from 'node:http';
import type { Health } from '../health.ts';
import type { Metrics } from '../metrics.ts';
import { createGraphqlHandler, type GraphqlOptions } from './graphql-handler.ts';

export type InternalOptions = GraphqlOptions & { health: Health; metrics: Metrics };

/** The internal listener: `/graphql`, `/metrics`, `/health`. It is meant for a private network and listens on loopback by default. */
export function createInternalHandler({ health, metrics, ...options }: InternalOptions): RequestListener {
  const graphql = createGraphqlHandler(options);
  return (req, res) => {
    const path = (req.url ?? '/').split('?', 1)[0];
    if (path === '/graphql') graphql(req, res);
    else if (path === '/metrics')
      metrics.registry.metrics().then(
        (text) => send(res, 200, metrics.registry.contentType, text),
        () => send(res, 500, 'text/plain', ''),
      );
    else if (path === '/health')
      health.report().then(
        ({ ready, body }) => send(res, ready ? 200 : 503, 'application/json', body),
        () => send(res, 503, 'text/plain', ''),
      );
    else send(res, 404, 'text/plain; charset=utf-8', 'Here are /graphql, /metrics and /health.\n');
  };
}

function send(res: ServerResponse, status: number, contentType: string, body: string): void {
  res.writeHead(status, { 'content-type': contentType, 'x-content-type-options': 'nosniff', 'content-length': Buffer.byteLength(body) });
  res.end(body);
}
