import { deliveryRoutes } from './deliveries.ts';
import { eventRoutes } from './events.ts';
import { manageWebhookRoutes } from './manage-webhooks.ts';
import { replayRoutes } from './replays.ts';
import { verifySignatureRoutes } from './verify-signature.ts';

export const webhookRoutes = [...manageWebhookRoutes, ...deliveryRoutes, ...replayRoutes, ...verifySignatureRoutes, ...eventRoutes];
