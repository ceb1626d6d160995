import type { ContractVersion } from '../../rest/declare/version.ts';
import { V1 } from '../conventions.ts';
import { customerExportRoutes } from './customer-export.ts';
import { customerRoutes } from './customers.ts';
import { inventoryRoutes } from './inventory.ts';
import { orderRoutes } from './orders.ts';
import { paymentRoutes } from './payments.ts';
import { productRoutes } from './products.ts';
import { searchRoutes } from './search.ts';
import { webhookRoutes } from './webhooks/webhook-routes.ts';

export const v1: ContractVersion = {
  version: '1',
  prefix: '/api/v1',
  conventions: V1,
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
};
