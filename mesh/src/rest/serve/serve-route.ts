import { createQueryMask } from '../../audit/query-mask.ts';
import { announce, type DeprecationNotice } from '../declare/deprecation.ts';
import { DEFAULT_ROUTE_LIMIT, type Route } from '../declare/route.ts';
import type { ContractVersion } from '../declare/version.ts';
import type { Endpoint } from '../rest-request.ts';
import { serveCustom } from './serve-custom.ts';
import { serveItem } from './serve-item.ts';
import { serveList } from './serve-list.ts';
import { serveWrite } from './serve-write.ts';
import { type Platform, type Serving, servingOf } from './serving.ts';

/** Makes the endpoint of a declaration: everything that can be decided before a request comes is decided here. */
export function serveRoute(platform: Platform, contract: ContractVersion, route: Route): Endpoint {
  const deprecation = noticeOf(contract, route, platform.docsUrl);
  const serving = servingOf(platform, contract, route, deprecation);
  return { ...endpointOf(serving, route), limit: route.limit ?? DEFAULT_ROUTE_LIMIT, maskQuery: createQueryMask(route), deprecation };
}

function noticeOf({ prefix, deprecated }: ContractVersion, route: Route, docsUrl: string): DeprecationNotice | undefined {
  const what = `${route.method} ${prefix}${route.path}`;
  const guide = `${docsUrl}/migration`;
  if (route.deprecated !== undefined) return announce(what, route.deprecated, guide);
  if (deprecated === undefined) return undefined;
  const { successor } = deprecated;
  return announce(what, { ...deprecated, ...(successor === undefined ? {} : { successor: successor + route.path }) }, guide);
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
