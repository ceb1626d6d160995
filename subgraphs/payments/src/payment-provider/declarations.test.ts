import type { Provider } from '@portico/integration-client/define-provider';
import { conformance } from '@portico/integration-client/testing/conformance';
import { describe, expect, it } from 'vitest';
import { declareSandbox } from './sandbox/declare-sandbox.ts';
import { declareStripe } from './stripe/declare-stripe.ts';

const DECLARED: readonly Provider[] = [declareSandbox('https://sandbox.example'), declareStripe('https://stripe.example')];

describe.each(DECLARED.map((provider) => [provider.name, provider] as const))('the declaration of %s', (_, provider) => {
  it('stands every fault that a provider can have', async () => {
    const { cases, passed } = await conformance(provider);
    expect(cases.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    expect(passed).toBeGreaterThan(50);
  });
});
