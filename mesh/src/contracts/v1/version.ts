import type { Route } from '../../rest/declare/route.ts';
import { customerExportRoutes } from './customer-export.ts';
import { customerRoutes } from './customers.ts';
import { inventoryRoutes } from './inventory.ts';
import { orderRoutes } from './orders.ts';
import { paymentRoutes } from './payments.ts';
import { productRoutes } from './products.ts';
import { searchRoutes } from './search.ts';
import { webhookRoutes } from './webhooks/webhook-routes.ts';

/** A version of the contract: a set of declarations over the one graph. */
export type ContractVersion = {
  readonly version: string;
  readonly prefix: string;
  readonly routes: readonly Route[];
  /** Names of the graph in error details → how this version calls them. */
  readonly detailNames: Readonly<Record<string, string>>;
};

export const v1: ContractVersion = {
  version: '1',
  prefix: '/api/v1',
  routes: [
    ...orderRoutes,
    ...paymentRoutes,
    ...productRoutes,
    ...customerRoutes,
    ...customerExportRoutes,
    ...inventoryRoutes,
    ...webhookRoutes,
    ...searchRoutes,
  ],
  detailNames: { 'page.number': 'page', 'page.size': 'perPage', postalCode: 'zip' },
};
