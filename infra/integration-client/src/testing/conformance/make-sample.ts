import type { OperationPlan } from '../../declaration/plan-operation.ts';
import type { OperationSample } from './fault-case.ts';
import { sampleOf } from './sample-of.ts';

/** `leftOut`: optional fields that are not tried, such as `query.cursor`. */
export type MadeSample =
  | { readonly kind: 'made'; readonly sample: OperationSample; readonly leftOut: readonly string[] }
  | { readonly kind: 'none'; readonly why: string };

/** An input and an answer for an operation, made from its schemas where they are not given. */
export async function makeSample({ declaration }: OperationPlan, given: Partial<OperationSample>): Promise<MadeSample> {
  const { params, query, headers, body, response } = declaration;
  const values: Record<string, unknown> = { ...given.input, ...(given.answer === undefined ? {} : { answer: given.answer }) };
  const leftOut: string[] = [];
  for (const [part, schema] of Object.entries({ params, query, headers, body, answer: response })) {
    if (schema === undefined || values[part] !== undefined) continue;
    const made = await sampleOf(schema);
    if (made.kind === 'none') return { kind: 'none', why: `no sample of its ${part}: ${made.why}` };
    values[part] = made.value;
    leftOut.push(...made.leftOut.map((field) => `${part}.${field}`));
  }
  const { answer = {}, ...input } = values;
  return { kind: 'made', sample: { input, answer }, leftOut };
}
