import { randomBytes } from 'node:crypto';
import { currencyDigits } from '@portico/contracts/money';
import { z } from 'zod';
import { invalidBody, invalidRequest, ProviderError } from '../api/provider-error.ts';
import type { CallbackType, Charge, Ledger } from '../books/ledger.ts';
import type { Callbacks } from '../callbacks/callbacks.ts';
import { requestHash } from './request-hash.ts';
import { behaviourOf, TEST_TOKENS, type TokenBehaviour } from './test-tokens.ts';

/** What became of a request for a charge; `cut` and `hang` are answered by nothing. */
export type ChargeAnswer = { kind: 'answer'; charge: Charge } | { kind: 'cut' } | { kind: 'hang' };

export type Charging = {
  /** Makes one charge per key. Throws ProviderError: 400, 402 for a decline, 409 for a key that was used otherwise, 429, 503. */
  charge(key: string, body: unknown): Promise<ChargeAnswer>;
  /** Decides pending charges, and sends back refunds that do not last, when they are old enough; answers how many. */
  settlePending(): Promise<number>;
};

export type ChargingOptions = { ledger: Ledger; callbacks: Pick<Callbacks, 'announce'>; now: () => number; pendingMs: number };

const AMOUNT_MAX = 99_999_999_999;
/** Keys that were refused and have not come again since. */
const REFUSED_KEYS_MAX = 10_000;
const input = z.strictObject({
  amount: z.int().min(1).max(AMOUNT_MAX),
  currency: z.string().refine((code) => currencyDigits(code) !== undefined, 'It is not a currency that can be charged.'),
  token: z.string(),
  description: z.string().max(500).nullish(),
  metadata: z.record(z.string().max(40), z.string().max(500)).default({}),
});
type Input = z.output<typeof input>;

export function createCharging({ ledger, callbacks, now, pendingMs }: ChargingOptions): Charging {
  const refusals = new Map<string, number>();

  /** Throws while the token still refuses this key. */
  function refuseFirst(key: string, { times, status, retryAfterSeconds }: Extract<TokenBehaviour, { kind: 'refuses-first' }>): void {
    const before = refusals.get(key) ?? 0;
    if (before < times) {
      const [oldest] = refusals.keys();
      if (refusals.size >= REFUSED_KEYS_MAX && oldest !== undefined) refusals.delete(oldest);
      refusals.set(key, before + 1);
      const code = status === 429 ? 'rate_limited' : 'service_unavailable';
      throw new ProviderError(status, code, 'Try again.', { retryAfterSeconds });
    }
    refusals.delete(key);
  }

  async function make(key: string, hash: string, given: Input, behaviour: TokenBehaviour): Promise<Charge> {
    const status = behaviour.kind === 'declines' ? 'failed' : behaviour.kind === 'pends' ? 'pending' : 'succeeded';
    const declined = behaviour.kind === 'declines' ? behaviour : undefined;
    const charge: Charge = {
      id: `ch_${randomBytes(12).toString('hex')}`,
      idempotencyKey: key,
      amount: given.amount,
      currency: given.currency,
      description: given.description ?? null,
      metadata: given.metadata,
      status,
      ...(behaviour.kind === 'pends' ? { becomes: behaviour.becomes } : {}),
      ...(behaviour.kind === 'succeeds' && behaviour.refundFails ? { refundFails: true } : {}),
      failureCode: declined?.code ?? null,
      failureMessage: declined?.message ?? null,
      refunded: 0,
      createdAt: new Date(now()).toISOString(),
    };
    await ledger.record({ kind: 'charge', charge, requestHash: hash });
    // Whoever reads the answer needs no callback beside it.
    if (behaviour.kind === 'cuts') await tell(charge, 'charge.succeeded');
    return charge;
  }

  async function tell(charge: Charge, type: CallbackType): Promise<void> {
    await callbacks.announce({ id: `cb_${randomBytes(12).toString('hex')}`, type, charge, at: new Date(now()).toISOString() });
  }

  async function decide(charge: Charge): Promise<void> {
    const { becomes = 'succeeded', ...rest } = charge;
    const failure = becomes === 'failed' ? { failureCode: 'card_declined', failureMessage: 'The card was declined.' } : {};
    const decided: Charge = { ...rest, ...failure, status: becomes };
    await ledger.record({ kind: 'changed', charge: decided });
    await tell(decided, becomes === 'failed' ? 'charge.failed' : 'charge.succeeded');
  }

  async function sendBack({ failingRefund, ...charge }: Charge): Promise<void> {
    const changed = { ...charge, refunded: charge.refunded - (failingRefund?.amount ?? 0) };
    await ledger.record({ kind: 'changed', charge: changed });
    await tell(changed, 'refund.failed');
  }

  return {
    async charge(key, body) {
      const parsed = input.safeParse(body);
      if (!parsed.success) throw invalidBody(parsed.error);
      const hash = requestHash(parsed.data);
      const kept = ledger.chargeOfKey(key);
      if (kept !== undefined && kept.requestHash !== hash) throw keyUsedOtherwise();
      const behaviour = behaviourOf(parsed.data.token);
      if (behaviour === undefined) throw invalidRequest(`token: It must be one of ${Object.keys(TEST_TOKENS).join(', ')}.`);
      if (behaviour.kind === 'hangs') return { kind: 'hang' };
      if (kept === undefined && behaviour.kind === 'refuses-first') refuseFirst(key, behaviour);
      const charge = kept?.value ?? (await make(key, hash, parsed.data, behaviour));
      // What a request beside this one made is told again only when it cannot be forgotten any more.
      await ledger.flushed();
      if (behaviour.kind === 'cuts' && kept === undefined) return { kind: 'cut' };
      if (charge.status === 'failed') {
        throw new ProviderError(402, charge.failureCode ?? 'card_declined', charge.failureMessage ?? 'The card was declined.', {
          chargeId: charge.id,
        });
      }
      return { kind: 'answer', charge };
    },

    async settlePending() {
      const before = now() - pendingMs;
      const due = [...ledger.pending()].filter(({ createdAt, failingRefund }) => Date.parse(failingRefund?.at ?? createdAt) <= before);
      for (const charge of due) await (charge.failingRefund === undefined ? decide(charge) : sendBack(charge));
      return due.length;
    },
  };
}

export function keyUsedOtherwise(): ProviderError {
  return new ProviderError(409, 'idempotency_conflict', 'The idempotency key was used for another request.');
}
