import { createQueryMask } from '../../audit/query-mask.ts';
import { DEFAULT_ROUTE_LIMIT, type Route } from '../declare/route.ts';
import type { Endpoint } from '../rest-request.ts';
import { serveCustom } from './serve-custom.ts';
import { serveItem } from './serve-item.ts';
import { serveList } from './serve-list.ts';
import { serveWrite } from './serve-write.ts';
import type { Serving } from './serving.ts';

/** Makes the endpoint of a declaration: everything that can be decided before a request comes is decided here. */
export function serveRoute(serving: Serving, route: Route): Endpoint {
  return { ...endpointOf(serving, route), limit: route.limit ?? DEFAULT_ROUTE_LIMIT, maskQuery: createQueryMask(route) };
}

function endpointOf(serving: Serving, route: Route): Endpoint {
  switch (route.kind) {
    case 'list':
      return serveList(serving, route);
    case 'item':
      return serveItem(serving, route);
    case 'write':
      return serveWrite(serving, route);
    case 'custom':
      return serveCustom(serving, route);
  }
}
