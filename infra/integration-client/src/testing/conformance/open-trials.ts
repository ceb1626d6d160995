import type { OperationPlan } from '../../declaration/plan-operation.ts';
import type { Provider } from '../../define-provider.ts';
import { IntegrationError } from '../../errors.ts';
import type { Flags } from '../../flags.ts';
import { type KitOptions, openKit, type UntypedCall } from '../virtual/open-kit.ts';
import { createVirtualSecrets } from '../virtual/virtual-secrets.ts';
import type { Ended, OperationSample, Trial } from './fault-case.ts';

const NAME = 'provider';
/** Cases that are not about limits have calls to spare. */
const CALLS_TO_SPARE = 10_000;

/** How each case gets the operation anew. The secrets are made once: a private key takes a tenth of a second. */
export function openTrials(provider: Provider, flags: Flags | undefined) {
  const secrets = createVirtualSecrets([provider]);
  const roomy = { ...provider, limits: { ...provider.limits, perMinute: Math.max(CALLS_TO_SPARE, provider.limits?.perMinute ?? 0) } };
  return (plan: OperationPlan, sample: OperationSample): Trial & AsyncDisposable => {
    const opened = new AsyncDisposableStack();
    const open = (options: KitOptions, tried: Provider): Trial => {
      const kit = openKit({ [NAME]: tried }, { secrets, flags, ...options });
      opened.use(kit.client);
      // A provider of any declaration: its calls have no types.
      const call = kit.client[NAME]?.[plan.name] as UntypedCall;
      const key = plan.idempotency === undefined ? undefined : 'conformance-1';
      return {
        provider,
        plan,
        sample,
        kit,
        requests: kit.network.requests,
        fine: { body: JSON.stringify(sample.answer) },
        replies: (...replies) => kit.network.reply(NAME, plan.name, replies),
        call: (given, input = sample.input) => endOf(call(input, { key, useCache: false, ...given })),
        rotateSecrets: () => secrets.rotate(provider),
        again: (others, other = roomy) => open(others, other),
      };
    };
    return { ...open({}, roomy), [Symbol.asyncDispose]: () => opened.disposeAsync() };
  };
}

async function endOf(call: ReturnType<UntypedCall>): Promise<Ended> {
  try {
    return { ok: true, result: await call };
  } catch (error) {
    if (error instanceof IntegrationError) return { ok: false, error };
    throw error;
  }
}
