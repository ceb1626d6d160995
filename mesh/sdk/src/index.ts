export { createPortico, type Options, type Portico, type PorticoOptions } from './client.ts';
export { PorticoError } from './portico-error.ts';
export type * from './v1.generated.ts';
export { verifyWebhook, WebhookSignatureError } from './verify-webhook.ts';
