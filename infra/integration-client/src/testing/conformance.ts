// Does a declared provider stand what providers do? Every operation is put through some thirty faults, in virtual time and without a network,
// with inputs and answers made from its own schemas.
import { planOperation } from '../declaration/plan-operation.ts';
import type { Provider } from '../define-provider.ts';
import type { Flags } from '../flags.ts';
import { ANSWER_CASES } from './conformance/answer-cases.ts';
import { CREDENTIAL_CASES } from './conformance/credential-cases.ts';
import { type FaultCase, Nonconformance, type OperationSample } from './conformance/fault-case.ts';
import { LOST_CASES } from './conformance/lost-cases.ts';
import { makeSample } from './conformance/make-sample.ts';
import { openTrials } from './conformance/open-trials.ts';
import { STANDING_CASES } from './conformance/standing-cases.ts';
import { WAITING_CASES } from './conformance/waiting-cases.ts';

export const FAULT_CASES: readonly FaultCase[] = [...WAITING_CASES, ...LOST_CASES, ...ANSWER_CASES, ...CREDENTIAL_CASES, ...STANDING_CASES];

export type ConformanceOptions = {
  /** For operations whose schemas do not describe themselves as JSON Schema, or hold rules that no made-up value satisfies. */
  samples?: Readonly<Record<string, Partial<OperationSample>>>;
  /** Other than the default ones. */
  flags?: Flags;
};

export type CaseResult = { readonly operation: string; readonly name: string } & (
  | { readonly outcome: 'passed' }
  | { readonly outcome: 'failed' | 'not applicable'; readonly why: string }
);

export type ConformanceReport = {
  readonly provider: string;
  readonly passed: number;
  readonly failed: number;
  readonly cases: readonly CaseResult[];
  /** Optional fields that were not tried, for nothing that fits could be made for them: `getParcel: query.cursor`. */
  readonly leftOut: readonly string[];
};

/** Throws ConfigError when the declaration contradicts itself. */
export async function conformance(provider: Provider, { samples = {}, flags }: ConformanceOptions = {}): Promise<ConformanceReport> {
  const open = openTrials(provider, flags);
  const cases: CaseResult[] = [];
  const leftOut: string[] = [];
  for (const [operation, declared] of Object.entries(provider.operations)) {
    const plan = planOperation(provider, operation, declared);
    const made = await makeSample(plan, samples[operation] ?? {});
    if (made.kind === 'none') {
      cases.push({ operation, name: 'a sample to try it with', outcome: 'failed', why: made.why });
      continue;
    }
    leftOut.push(...made.leftOut.map((field) => `${operation}: ${field}`));
    for (const tried of FAULT_CASES) {
      cases.push({ operation, name: tried.name, ...(await resultOf(tried, () => open(plan, made.sample))) });
    }
  }
  const count = (outcome: CaseResult['outcome']): number => cases.filter((one) => one.outcome === outcome).length;
  return { provider: provider.name, passed: count('passed'), failed: count('failed'), cases, leftOut };
}

type Outcome = { outcome: 'passed' } | { outcome: 'failed' | 'not applicable'; why: string };

async function resultOf(tried: FaultCase, open: () => ReturnType<ReturnType<typeof openTrials>>): Promise<Outcome> {
  await using trial = open();
  const why = tried.cannotHappen?.(trial);
  if (why !== undefined) return { outcome: 'not applicable', why };
  try {
    await tried.run(trial);
    return { outcome: 'passed' };
  } catch (error) {
    if (error instanceof Nonconformance) return { outcome: 'failed', why: error.message };
    throw error;
  }
}
