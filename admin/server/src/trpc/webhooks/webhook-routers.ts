import { deliveriesRouter } from './deliveries-router.ts';
import { endpointsRouter } from './endpoints-router.ts';
import { replaysRouter } from './replays-router.ts';
import type { WebhookAccess } from './webhook-access.ts';

/** Webhooks and their delivery logs: the same procedures on both sides, each for its own people. */
export function webhookRouters(access: WebhookAccess) {
  return { endpoints: endpointsRouter(access), deliveries: deliveriesRouter(access), replays: replaysRouter(access) };
}
