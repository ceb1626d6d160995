// For the acceptance tests: a provider without limits of its own, a server that behaves badly on purpose, and a client between them.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { silentLogger } from '@portico/service-kit/testing';
import { z } from 'zod';
import { type ClientOptions, createClient } from '../../create-client.ts';
import { defineProvider, op } from '../../define-provider.ts';
import { IntegrationError } from '../../errors.ts';
import type { Flag, Flags } from '../../flags.ts';

export const sut = defineProvider('sut', {
  baseUrl: 'http://127.0.0.1:1',
  limits: { perMinute: 10_000_000, concurrency: 1_000 },
  retries: { baseMs: 5 },
  operations: {
    read: op.get('/things/{id}', { params: z.object({ id: z.string() }), cache: 'none' }),
    write: op.post('/things', { body: z.object({}), idempotency: { header: 'Idempotency-Key', livesMs: 86_400_000 } }),
    writeOnce: op.post('/things', { body: z.object({}), idempotency: 'none' }),
  },
});

export type TestClientOptions = Partial<Omit<ClientOptions<{ sut: typeof sut }>, 'providers'>> & {
  url?: string;
  off?: readonly Flag[];
};

export function openTestClient({ url, off = [], ...options }: TestClientOptions) {
  const flags: Flags = { isOn: (flag) => flag !== 'DEBUG_MODE' && !off.includes(flag) };
  const secrets = { get: () => Promise.reject(new Error('There are no secrets here.')) };
  const baseUrls: Record<string, string> = url === undefined ? {} : { sut: url };
  return createClient({ providers: { sut }, secrets, logger: silentLogger, flags, baseUrls, ...options });
}

export type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** Counts what it is sent, and reads every body to its end before it behaves as told. */
export async function startServer(handler: Handler): Promise<AsyncDisposable & { url: string; received(): number }> {
  let received = 0;
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    received += 1;
    handler(request, response, body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    // A server on a TCP port has an address with a port.
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: () => received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The code a call failed with, or `ok`. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'ok';
  } catch (error) {
    if (error instanceof IntegrationError) return error.code;
    throw error;
  }
}
