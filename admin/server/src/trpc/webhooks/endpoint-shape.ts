// An endpoint as both sides show it, and what the admin log keeps of it.
import type { CallContext } from '../context.ts';
import { askOne, type TenantInput } from './webhook-graph.ts';

export type WebhookProblem = { code: string; message: string };
export type WebhookEndpoint = {
  id: string;
  url: string;
  description: string | null;
  events: string[];
  apiVersion: string;
  status: 'active' | 'paused' | 'disabled';
  disabledReason: 'unverified' | 'gone' | 'failing' | 'switched_off' | null;
  disabledAt: string | null;
  headerNames: string[];
  schedule: string;
  ratePerSecond: number | null;
  concurrency: number;
  verificationFailure: WebhookProblem | null;
  previousSecretExpiresAt: string | null;
  drainPerSecond: number | null;
  health: {
    circuit: string;
    gateUntil: string | null;
    failingSince: string | null;
    lastSucceededAt: string | null;
    lastFailedAt: string | null;
  };
  createdAt: string;
  updatedAt: string;
};

export const ENDPOINT_FIELDS = `id url description events apiVersion status disabledReason disabledAt headerNames schedule ratePerSecond concurrency
  verificationFailure { code message } previousSecretExpiresAt drainPerSecond
  health { circuit gateUntil failingSince lastSucceededAt lastFailedAt } createdAt updatedAt`;
const ONE = `query AdminWebhook($id: ID!) { webhookEndpoint(id: $id) { ${ENDPOINT_FIELDS} } }`;

export type One = TenantInput & { id: string };
export type Acting = Pick<CallContext, 'admin' | 'recordAction' | 'graph' | 'requestId'> & { person: { id: string } };

export const findEndpoint = (context: Acting, given: One): Promise<WebhookEndpoint> => askOne(context, given, ONE, 'webhook');
/** What the admin log keeps of an endpoint: its state, not where it is. */
export const stateOf = ({ status, disabledReason, drainPerSecond }: WebhookEndpoint) => ({ status, disabledReason, drainPerSecond });
