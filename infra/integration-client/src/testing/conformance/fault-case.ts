import type { CallInputParts } from '../../call/build-request.ts';
import type { GivenOptions } from '../../call/execute-call.ts';
import type { CallResult } from '../../declaration/call-types.ts';
import type { OperationPlan } from '../../declaration/plan-operation.ts';
import type { Provider } from '../../define-provider.ts';
import type { IntegrationError } from '../../errors.ts';
import type { Kit, KitOptions } from '../virtual/open-kit.ts';
import type { Reply, ReplyParts } from '../virtual/reply.ts';
import type { SentRequest } from '../virtual/virtual-network.ts';

/** One thing that goes wrong, and what has to come of it. */
export type FaultCase = {
  /** What happens: `503 once`. */
  readonly name: string;
  /** Why it cannot happen to this operation; undefined when it can. */
  readonly cannotHappen?: (about: About) => string | undefined;
  /** Throws Nonconformance. */
  run(trial: Trial): Promise<void>;
};

/** What is tried. */
export type About = { readonly provider: Provider; readonly plan: OperationPlan; readonly sample: OperationSample };

/** An input that the operation takes, and a body of a 200. */
export type OperationSample = { readonly input: CallInputParts; readonly answer: unknown };

export type Ended = { readonly ok: true; readonly result: CallResult<unknown> } | { readonly ok: false; readonly error: IntegrationError };

/** One operation with everything around it virtual, fresh for each case. */
export type Trial = About & {
  readonly kit: Pick<Kit<Readonly<Record<string, Provider>>>, 'clock' | 'authority' | 'lines'>;
  readonly requests: readonly SentRequest[];
  /** The sample answer, as a 200. */
  readonly fine: ReplyParts;
  replies(...replies: Reply[]): void;
  /** With the sample input, past the cache and with a key where one is needed. */
  call(options?: GivenOptions, input?: CallInputParts): Promise<Ended>;
  /** Gives the provider's secrets new versions. */
  rotateSecrets(): void;
  /** The same operation anew, with other surroundings or as another provider. */
  again(options: KitOptions, provider?: Provider): Trial;
};

export class Nonconformance extends Error {
  override readonly name = 'Nonconformance';
}

/** Throws Nonconformance when it is not so. */
export function demand(isSo: boolean, otherwise: string): asserts isSo {
  if (!isSo) throw new Nonconformance(otherwise);
}

export function demandOk(ended: Ended): asserts ended is Ended & { ok: true } {
  if (!ended.ok) throw new Nonconformance(`the call failed with ${describe(ended)}`);
}

/** With one of these codes, and so many requests at most. */
export function demandFailure(ended: Ended, codes: readonly string[]): asserts ended is Ended & { ok: false } {
  demand(!ended.ok && codes.includes(ended.error.code), `the call ended with ${describe(ended)}, not with ${codes.join(' or ')}`);
}

export function demandSent(trial: Trial, count: number): void {
  demand(trial.requests.length === count, `${trial.requests.length} request(s) were sent, not ${count}`);
}

/** Whether a request that may have been done is sent once more. */
export const isTriedAgain = ({ plan }: About): boolean => plan.isRepeatable && plan.maxRetries > 0;

/** The code of a call whose answer was lost. */
export const lostCode = ({ plan }: About): string => (plan.isRead ? 'SERVER_ERROR' : 'OUTCOME_UNKNOWN');

function describe(ended: Ended): string {
  if (ended.ok) return `status ${ended.result.status}`;
  const { code, details } = ended.error;
  return details?.reason === undefined ? code : `${code} (${details.reason})`;
}
