// A webhook.test, sent now and reported whole: how an endpoint proves that it answers, and how its owner sees what we send and hear.
import { randomBytes } from 'node:crypto';
import { webhookTest } from '@portico/contracts/events/webhook-test';
import { newId } from '@portico/contracts/ids';
import { renderBody } from '../rendering/render-body.ts';
import { COMMON_HEADERS, type Sender } from '../sending/send.ts';
import type { SendOutcome } from '../sending/send-outcome.ts';
import { signingKeys } from '../signing/secret.ts';
import { sign } from '../signing/sign.ts';
import type { OpenedEndpoint } from './endpoint-row.ts';

/** Less than a gateway waits for a subgraph: whoever asked shall read what became of it. */
const TEST_TIMEOUT_MS = 4_000;
const CHALLENGE_BYTES = 24;
const MASK = '***';

export type Problem = { readonly code: string; readonly message: string };

export type TestReport = {
  /** Id of the event that was sent. It is in no ledger. */
  readonly id: string;
  readonly delivered: boolean;
  readonly request: { readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly body: string };
  readonly response: TestResponse | null;
  readonly error: Problem | null;
  readonly timings: SendOutcome['timings'];
};
type TestResponse = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly truncated: boolean;
};

/** `signal`: the program's end. Never rejects for what the receiver does. */
export async function sendTest(sender: Sender, endpoint: OpenedEndpoint, now: Date, signal: AbortSignal): Promise<TestReport> {
  const id = newId('event');
  const payload = webhookTest.payload.parse({ challenge: randomBytes(CHALLENGE_BYTES).toString('base64url'), endpointId: endpoint.id });
  const body = renderBody({ id, type: webhookTest.name, occurredAt: now.toISOString(), payload }, endpoint.apiVersion);
  const { secret, previousSecrets } = endpoint;
  const timestampSeconds = Math.floor(now.getTime() / 1_000);
  const keys = signingKeys(secret);
  const previousKeys = previousSecrets.map(signingKeys);
  const signed = sign({ eventId: id, eventType: webhookTest.name, attempt: 1, timestampSeconds, body, keys, previousKeys });
  const outcome = await sender.send({
    url: endpoint.url,
    headers: { ...endpoint.headers, ...signed },
    body,
    timeoutMs: TEST_TIMEOUT_MS,
    signal,
  });
  const masked = Object.fromEntries(Object.keys(endpoint.headers).map((name) => [name, MASK]));
  return {
    id,
    request: { url: endpoint.url, headers: { ...COMMON_HEADERS, ...masked, ...signed }, body: body.toString() },
    timings: outcome.timings,
    ...reported(outcome),
  };
}

function reported(outcome: SendOutcome): Pick<TestReport, 'delivered' | 'response' | 'error'> {
  if (outcome.kind === 'failed') return { delivered: false, response: null, error: outcome.error };
  const { status, headers, body, truncated } = outcome;
  const delivered = status >= 200 && status < 300;
  const error = delivered ? null : { code: 'status', message: `It answered with the status ${status}; a 2xx is needed.` };
  return { delivered, response: { status, headers, body: body.toString(), truncated }, error };
}
