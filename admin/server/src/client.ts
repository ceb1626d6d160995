// The typed client of the admin service: for the consoles, for tests, for scripts. It runs in browsers too.
import { createTRPCClient, httpLink, type TRPCClient } from '@trpc/client';
import { SIDES, type Side } from './sides.ts';
import type { DeveloperRouter } from './trpc/developer-router.ts';
import type { OperatorRouter } from './trpc/operator-router.ts';

export type DeveloperClient = TRPCClient<DeveloperRouter>;
export type OperatorClient = TRPCClient<OperatorRouter>;

/** Whatever sends requests with the cookies of whoever is signed in; in a browser, `fetch` itself. */
type Fetch = typeof globalThis.fetch;

/** `url`: where the gateway's public listener is. */
export function createDeveloperClient(url: string, fetch: Fetch): DeveloperClient {
  return createTRPCClient<DeveloperRouter>({ links: [httpLink(endpointOf('developer', url, fetch))] });
}

/** `url`: where the gateway's internal listener is. */
export function createOperatorClient(url: string, fetch: Fetch): OperatorClient {
  return createTRPCClient<OperatorRouter>({ links: [httpLink(endpointOf('operator', url, fetch))] });
}

function endpointOf(side: Side, url: string, fetch: Fetch) {
  // One request per call: what one call is refused for must not be the status of another.
  return { url: `${url}${SIDES[side].prefix}/trpc`, fetch: (input: URL | RequestInfo, init?: object) => fetch(input, init) };
}
