// What is asked in a benchmark. Paths vary within a workload, so that nothing can be answered twice by chance.
import { signRequest } from '@portico/mesh/access/sign-request';
import type { LoadRequest } from './generate-load.ts';

export type Credentials = { key: string; secret: string };
export type Data = { token: string; orderIds: readonly string[]; customerId: string; productIds: readonly string[] };

export type Workload = {
  readonly name: 'cached list' | 'paced list' | 'bearer list' | 'list' | 'item' | 'join' | 'create';
  readonly title: string;
  /** How many are sent a second; as many as are answered otherwise. */
  readonly perSecond?: number;
  requests(credentials: Credentials, data: Data): LoadRequest[];
};

const NO_CACHE = { 'cache-control': 'no-cache' };
const LIST_FIELDS = 'id,status,total,createdAt';
const ITEM_FIELDS = 'id,status,total,createdAt,customerId,currency,notes,updatedAt';
const JOIN_FIELDS = 'id,name,price,inventory.available';
const ORDERS_PER_RUN = 4_000;
/** What the audit log's goal is about. */
const PACE_PER_SECOND = 5_000;

function reads(paths: readonly string[], { key, secret }: Credentials, extra: Readonly<Record<string, string>>): LoadRequest[] {
  // The sha256 scheme signs body and time, and a read has no body: one signature serves all of a run, and is checked on every request.
  const headers = { ...signRequest({ method: 'GET', target: '', key, secret, scheme: 'sha256', nowMs: Date.now() }), ...extra };
  return paths.map((path) => ({ method: 'GET', path, headers }));
}

const pages = (count: number, path: (page: number) => string): string[] => Array.from({ length: count }, (_, i) => path(i + 1));

const LIST_PATHS = pages(10, (page) => `/api/v1/orders?fields=${LIST_FIELDS}&page=${page}`);

function listRequests(credentials: Credentials, extra: Readonly<Record<string, string>>): LoadRequest[] {
  return reads(LIST_PATHS, credentials, extra);
}

export const WORKLOADS: readonly Workload[] = [
  {
    name: 'cached list',
    title: 'list of 20 × 4 fields, from the response cache',
    requests: (credentials) => listRequests(credentials, {}),
  },
  {
    name: 'paced list',
    title: 'the same list from the response cache, 5,000 requests a second',
    perSecond: PACE_PER_SECOND,
    requests: (credentials) => listRequests(credentials, {}),
  },
  {
    name: 'bearer list',
    title: 'the same list from the response cache, with a bearer token',
    requests: (_, { token }) => LIST_PATHS.map((path) => ({ method: 'GET', path, headers: { authorization: `Bearer ${token}` } })),
  },
  {
    name: 'list',
    title: 'list of 20 × 4 fields',
    requests: (credentials) => listRequests(credentials, NO_CACHE),
  },
  {
    name: 'item',
    title: 'one item × 8 fields',
    requests: (credentials, { orderIds }) =>
      reads(
        orderIds.map((id) => `/api/v1/orders/${id}?fields=${ITEM_FIELDS}`),
        credentials,
        NO_CACHE,
      ),
  },
  {
    name: 'join',
    title: 'list of 20 × 3 fields and one of another subgraph',
    requests: (credentials) =>
      reads(
        pages(10, (page) => `/api/v1/products?fields=${JOIN_FIELDS}&page=${page}`),
        credentials,
        NO_CACHE,
      ),
  },
  {
    name: 'create',
    title: 'an order of one of many products placed: priced, stock reserved, written',
    requests: ({ key, secret }, { customerId, productIds }) =>
      Array.from({ length: ORDERS_PER_RUN }, (_, i) => {
        const productId = productIds[i % productIds.length];
        const body = JSON.stringify({ customerId, items: [{ productId, quantity: 1 }], notes: `${i} ${Math.random()}` });
        const headers = signRequest({ method: 'POST', target: '/api/v1/orders', body, key, secret, scheme: 'sha256', nowMs: Date.now() });
        return { method: 'POST' as const, path: '/api/v1/orders', headers: { ...headers, 'content-type': 'application/json' }, body };
      }),
  },
];
