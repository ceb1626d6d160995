import type { CallInputParts } from '../../call/build-request.ts';
import type { OperationPlan } from '../../declaration/plan-operation.ts';
import type { OperationSample } from './fault-case.ts';
import { sampleOf } from './sample-of.ts';

export type MadeSample = { readonly kind: 'made'; readonly sample: OperationSample } | { readonly kind: 'none'; readonly why: string };

/** An input and an answer for an operation, made from its schemas where they are not given. */
export async function makeSample({ declaration }: OperationPlan, given: Partial<OperationSample>): Promise<MadeSample> {
  const input: CallInputParts = { ...given.input };
  for (const part of ['params', 'query', 'headers', 'body'] as const) {
    const schema = declaration[part];
    if (schema === undefined || input[part] !== undefined) continue;
    const made = await sampleOf(schema);
    if (made.kind === 'none') return { kind: 'none', why: `no sample of its ${part}: ${made.why}` };
    input[part] = made.value;
  }
  if (given.answer !== undefined) return { kind: 'made', sample: { input, answer: given.answer } };
  if (declaration.response === undefined) return { kind: 'made', sample: { input, answer: {} } };
  const made = await sampleOf(declaration.response);
  if (made.kind === 'none') return { kind: 'none', why: `no sample of its answer: ${made.why}` };
  return { kind: 'made', sample: { input, answer: made.value } };
}
