// Answers that were not agreed on, and input that was not.
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { demand, demandFailure, demandSent, type FaultCase, lostCode } from './fault-case.ts';

/** One of these breaks any schema that says something. */
const ODD: readonly unknown[] = [null, 7, 'odd', [], {}, [7], { odd: true }];

async function refusedBy(schema: StandardSchemaV1): Promise<{ value: unknown } | undefined> {
  for (const value of ODD) {
    const { issues } = await schema['~standard'].validate(value);
    if (issues !== undefined) return { value };
  }
  return undefined;
}

/** Whose bodies nobody reads. */
const WITHOUT_ANSWER = new Set(['HEAD', 'DELETE']);
const PARTS = ['params', 'query', 'headers', 'body'] as const;

export const ANSWER_CASES: readonly FaultCase[] = [
  {
    name: 'an answer that breaks the schema',
    cannotHappen: ({ plan }) =>
      plan.method === 'HEAD' || (plan.method === 'DELETE' && !plan.declaration.response) ? 'its answer has no body' : undefined,
    async run(trial) {
      const { response } = trial.plan.declaration;
      demand(response !== undefined, 'it declares no `response`: whatever comes is passed on');
      const odd = await refusedBy(response);
      demand(odd !== undefined, 'its `response` takes anything');
      trial.replies({ body: odd.value === 'odd' ? '"odd"' : odd.value });
      const ended = await trial.call();
      demandFailure(ended, ['SERVER_ERROR']);
      demand(ended.error.details?.reason === 'RESPONSE_SCHEMA', 'the error does not say RESPONSE_SCHEMA');
      demandSent(trial, 1);
    },
  },
  {
    name: 'JSON that is none',
    cannotHappen: ({ plan }) => (WITHOUT_ANSWER.has(plan.method) ? 'its answer is not read' : undefined),
    async run(trial) {
      trial.replies({ body: '{"half": "a bo' });
      demandFailure(await trial.call(), ['SERVER_ERROR']);
      demandSent(trial, 1);
    },
  },
  {
    name: 'a redirect',
    async run(trial) {
      trial.replies({ status: 302, headers: { location: 'https://elsewhere.example/' } }, trial.fine);
      const ended = await trial.call();
      demandFailure(ended, ['SERVER_ERROR']);
      demand(ended.error.details?.reason === 'UNEXPECTED_STATUS', 'the error does not say UNEXPECTED_STATUS');
      demandSent(trial, 1);
    },
  },
  {
    name: 'a body without end',
    async run(trial) {
      trial.replies({ fault: 'too-large' });
      demandFailure(await trial.call(), [lostCode(trial)]);
      demandSent(trial, 1);
    },
  },
  {
    name: 'a refusal of the request',
    async run(trial) {
      trial.replies({ status: 422, body: { error: 'no' } });
      const ended = await trial.call();
      demandFailure(ended, ['CLIENT_ERROR']);
      demand(ended.error.status === 422, 'the provider’s own status is lost');
      demandSent(trial, 1);
    },
  },
  {
    name: 'input that breaks the schema',
    cannotHappen: ({ plan }) => (PARTS.every((part) => plan.declaration[part] === undefined) ? 'it has no input' : undefined),
    async run(trial) {
      for (const part of PARTS) {
        const schema = trial.plan.declaration[part];
        if (schema === undefined) continue;
        const odd = await refusedBy(schema);
        demand(odd !== undefined, `its \`${part}\` takes anything`);
        demandFailure(await trial.call({}, { ...trial.sample.input, [part]: odd.value ?? 7 }), ['VALIDATION_ERROR']);
      }
      demandSent(trial, 0);
    },
  },
];
