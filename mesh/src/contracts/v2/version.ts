import type { ContractVersion } from '../../rest/declare/version.ts';
import { createRestyleRoute } from '../../rest/restyle/restyle-route.ts';
import { V2 } from '../conventions.ts';
import { v1 } from '../v1/version.ts';
import { event } from './event.ts';

const restyle = createRestyleRoute(V2);

export const v2: ContractVersion = {
  version: '2',
  prefix: '/api/v2',
  conventions: V2,
  // An event is shown as a webhook of the version gets it, and that is another object.
  routes: v1.routes
    .map(restyle)
    .map((route) => ('resource' in route && route.resource.name === event.name ? { ...route, resource: event } : route)),
};
