// For tests: a database of one's own on the suite's PostgreSQL, gone when the test is.
import { randomBytes } from 'node:crypto';
import type { Caller } from '@portico/contracts/caller';
import { newId } from '@portico/contracts/ids';
import type { ResourceScope } from '@portico/contracts/scopes';
import { graphql } from 'graphql';
import pg from 'pg';
import type { GraphClient } from './graph/graph.ts';
import { createLogger, type Logger } from './logger.ts';
import type { Subgraph, SubgraphSettings } from './subgraph/start-subgraph.ts';

/** Keys that encrypt nothing worth keeping. */
export const TEST_SECRET_KEYS = `1:${Buffer.alloc(32, 1).toString('base64')}`;
export const TEST_BLIND_INDEX_KEY = Buffer.alloc(32, 2).toString('base64');

export const silentLogger: Logger = createLogger({ program: 'test', level: 'silent' });

/** A graph nobody should ask. */
export const unreachableGraph: GraphClient = {
  execute: () => Promise.reject(new Error('This test did not expect the graph to be asked.')),
};

/** A new, empty database. The server's address is in TEST_DATABASE_URL, which the suite's global setup provides. */
export async function createTestDatabase(
  serverUrl: string | undefined = process.env.TEST_DATABASE_URL,
): Promise<AsyncDisposable & { url: string }> {
  if (serverUrl === undefined)
    throw new Error('TEST_DATABASE_URL is not set: run the tests through vitest, whose global setup starts a server.');
  const name = `test_${randomBytes(8).toString('hex')}`;
  await administer(serverUrl, `create database "${name}"`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, [Symbol.asyncDispose]: () => administer(serverUrl, `drop database "${name}" with (force)`) };
}

/** What a subgraph over this database is started with. */
export function testSettings(databaseUrl: string, poolMax = 5): SubgraphSettings & { secretKeys: string } {
  return { databaseUrl, poolMax, secretKeys: TEST_SECRET_KEYS, blindIndexKey: TEST_BLIND_INDEX_KEY };
}

/**
 * The environment of a child process. Of this one's settings it has only where Node is, and where Node keeps what it compiled: without that every
 * child compiles its program again, which takes longer than most of what a test asks of it.
 */
export function testEnvironment(settings: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  return { PATH, NODE_COMPILE_CACHE, ...settings };
}

/** A caller of a new account, or of the given one. */
export function testCaller(scopes: readonly (ResourceScope | 'read' | 'write')[] = ['read', 'write'], given: Partial<Caller> = {}): Caller {
  return {
    accountId: newId('account'),
    mode: 'test',
    actor: newId('apiKey'),
    requestId: newId('request'),
    ...given,
    scopes: new Set(scopes),
  };
}

/** Asks one subgraph's own schema, as the gateway would in process. Throws what a resolver threw. */
export async function askSubgraph<Data>(
  subgraph: Subgraph,
  caller: Caller,
  source: string,
  variableValues: Readonly<Record<string, unknown>> = {},
): Promise<Data> {
  const { schema } = subgraph.endpoint;
  const { data, errors } = await graphql({ schema, source, variableValues, contextValue: subgraph.contextFor(caller) });
  const [error] = errors ?? [];
  if (error !== undefined) throw error.originalError ?? error;
  // As JSON, because that is what leaves the process.
  return JSON.parse(JSON.stringify(data));
}

async function administer(serverUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
