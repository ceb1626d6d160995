// Asks the composed graph over HTTP: how a program in its own process reaches the others.
import type { Caller } from '@portico/contracts/caller';
import { AppError } from '@portico/contracts/errors';
import { Pool } from 'undici';
import { z } from 'zod';
import { CALLER_HEADER, signCaller } from './caller-header.ts';
import type { GraphClient } from './graph.ts';
import { graphError } from './graph-errors.ts';

const answer = z.object({ data: z.unknown(), errors: z.array(z.looseObject({ message: z.string() })).optional() });

export type HttpGraphClientOptions = { graphUrl: string; internalSecret: string; timeoutMs: number };

export function createHttpGraphClient(options: HttpGraphClientOptions): GraphClient & AsyncDisposable {
  const url = new URL(options.graphUrl);
  const pool = new Pool(url.origin, { connections: 32, headersTimeout: options.timeoutMs, bodyTimeout: options.timeoutMs });
  return {
    async execute<Data>(document: string, variables: Readonly<Record<string, unknown>>, caller: Caller) {
      const response = await pool
        .request({
          path: url.pathname,
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            accept: 'application/json',
            [CALLER_HEADER]: signCaller(caller, options.internalSecret),
            'x-request-id': caller.requestId,
            ...(caller.traceparent === undefined ? {} : { traceparent: caller.traceparent }),
          },
          body: JSON.stringify({ query: document, variables }),
        })
        .catch((cause: unknown) => {
          throw new AppError('SERVICE_UNAVAILABLE', 'A service we depend on cannot be reached.', { retryAfterSeconds: 1, cause });
        });
      const parsed = answer.safeParse(await response.body.json().catch(() => undefined));
      if (!parsed.success) throw new AppError('UPSTREAM_ERROR');
      const [error] = parsed.data.errors ?? [];
      if (error !== undefined) throw graphError(error);
      return parsed.data.data as Data;
    },
    [Symbol.asyncDispose]: () => pool.close(),
  };
}
