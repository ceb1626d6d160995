import type { Client } from '@portico/integration-client/create-client';
import { declaredError } from '@portico/integration-client/declaration/declared-error';
import { lostAnswer, outcomeOfError } from '../outcome-of-error.ts';
import type { ChargeOutcome, FoundCharge, PaymentProvider, RefundOutcome, RefundRequest } from '../payment-provider.ts';
import type { declareSandbox, SandboxCharge } from './declare-sandbox.ts';
import { verifySandboxCallback } from './verify-sandbox-callback.ts';

export type SandboxDeclaration = ReturnType<typeof declareSandbox>;

const ABSENT_AFTER_MS = 30_000;

/** The port over the sandbox provider's API. `declaration`: what `calls` was made from. */
export function sandboxProvider(
  declaration: SandboxDeclaration,
  calls: Client<{ sandbox: SandboxDeclaration }>['sandbox'],
  callbackSecret: string,
): PaymentProvider {
  const { operations } = declaration;

  async function refund({ key, providerId: id }: RefundRequest, signal: AbortSignal): Promise<RefundOutcome> {
    try {
      await calls.refund({ params: { id }, body: {} }, { key, signal });
      return { kind: 'refunded' };
    } catch (error) {
      const refusal = await declaredError(operations.refund, error);
      if (refusal === undefined) return lostAnswer(error);
      const { code, message } = refusal.data.error;
      return code === 'charge_already_refunded' ? { kind: 'refunded' } : { kind: 'refused', reason: message };
    }
  }

  return {
    name: 'sandbox',
    absentAfterMs: ABSENT_AFTER_MS,
    async charge({ key, amount, currency, token, orderId, description }, signal) {
      try {
        const body = { amount, currency, token, description, metadata: { order: orderId } };
        return chargeOutcome((await calls.charge({ body }, { key, signal })).data);
      } catch (error) {
        const refusal = await declaredError(operations.charge, error);
        if (refusal === undefined) return outcomeOfError(error);
        // The key was used with another card: what became of that charge has to be looked up.
        if (refusal.status === 409) return { kind: 'unknown' };
        const { code, message, chargeId } = refusal.data.error;
        return { kind: 'declined', reason: refusal.status === 402 ? `${message} (${code})` : message, providerId: chargeId };
      }
    },
    refund,
    async find({ key }, signal) {
      try {
        const [charge] = (await calls.findCharge({ query: { idempotencyKey: key } }, { signal })).data.data;
        return charge === undefined ? { kind: 'absent' } : foundCharge(charge);
      } catch (error) {
        return lostAnswer(error);
      }
    },
    verifyCallback: (headers, body, now) => verifySandboxCallback(callbackSecret, headers, body, now),
  };
}

function foundCharge(charge: SandboxCharge): FoundCharge {
  if (charge.status === 'succeeded' && charge.refunded >= charge.amount) return { kind: 'refunded', providerId: charge.id };
  return chargeOutcome(charge);
}

function chargeOutcome({
  id,
  status,
  amount,
  currency,
  failureCode,
  failureMessage,
}: SandboxCharge): Exclude<ChargeOutcome, { kind: 'unknown' | 'unavailable' }> {
  if (status === 'failed') return { kind: 'declined', reason: `${failureMessage} (${failureCode})`, providerId: id };
  return status === 'succeeded' ? { kind: status, providerId: id, amount, currency } : { kind: status, providerId: id };
}
