// What we need of a company that charges cards. `key` is ours, one per payment: the provider makes one charge per key however often it is
// asked, and can be asked by it what became of a charge whose answer was lost. Nothing here throws for what a provider may do.

export type ChargeRequest = {
  readonly key: string;
  /** Minor units of `currency`. */
  readonly amount: number;
  readonly currency: string;
  /** The provider's token for the card. */
  readonly token: string;
  readonly orderId: string;
  readonly description: string;
};

export type ChargeOutcome =
  /** `amount`, minor units of `currency`: what was charged, by the provider's own word. */
  | { readonly kind: 'succeeded'; readonly providerId: string; readonly amount: number; readonly currency: string }
  | { readonly kind: 'declined'; readonly reason: string; readonly providerId?: string | undefined }
  /** The provider decides later. */
  | { readonly kind: 'pending'; readonly providerId: string }
  /** The charge may or may not have been made. */
  | { readonly kind: 'unknown' }
  /** The charge was certainly not made, and may be tried again; not before `retryAt`, where that is known. */
  | { readonly kind: 'unavailable'; readonly retryAt?: Date | undefined };

export type FoundCharge =
  | Exclude<ChargeOutcome, { kind: 'unavailable' }>
  | { readonly kind: 'refunded'; readonly providerId: string }
  /** There is no charge of this key. */
  | { readonly kind: 'absent' };

export type RefundRequest = { readonly key: string; readonly providerId: string };

export type RefundOutcome =
  /** For now: a bank may send it back days later, which a callback tells. */
  | { readonly kind: 'refunded' }
  | { readonly kind: 'pending' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'refused'; readonly reason: string };

export type CallbackHeaders = ReadonlyMap<string, string>;

/**
 * `key`: of the payment it is about; absent when it does not say, or is about none of ours. `providerId`: of the charge it is about, where it
 * is about a refund, which need not be one of ours and knows no key. `refund_failed`: the bank sent back what had been given back.
 */
export type CallbackReading =
  | {
      readonly kind: 'event';
      readonly id: string;
      readonly about: 'succeeded' | 'failed' | 'refunded' | 'refund_failed' | 'other';
      readonly key?: string | undefined;
      readonly providerId?: string | undefined;
    }
  /** It was not signed by the provider, or too long ago. */
  | { readonly kind: 'refused'; readonly problem: string };

export type PaymentProvider = {
  readonly name: ProviderName;
  /** How long after it was asked for a charge that cannot be found was never made. */
  readonly absentAfterMs: number;
  charge(request: ChargeRequest, signal: AbortSignal): Promise<ChargeOutcome>;
  /** Gives back what is left of a charge: somebody may have given back a part of it by other ways. */
  refund(request: RefundRequest, signal: AbortSignal): Promise<RefundOutcome>;
  find(charge: { readonly key: string; readonly providerId: string | null }, signal: AbortSignal): Promise<FoundCharge>;
  /** `body`: the bytes as they came. `now`: a signature counts for five minutes around its own time. */
  verifyCallback(headers: CallbackHeaders, body: Buffer, now: Date): CallbackReading;
};

export const PROVIDER_NAMES = ['sandbox', 'stripe'] as const;
export type ProviderName = (typeof PROVIDER_NAMES)[number];

export type PaymentProviders = {
  /** Who charges in this mode. */
  of(mode: 'live' | 'test'): PaymentProvider;
  /** Undefined for one that is not configured. */
  named(name: string): PaymentProvider | undefined;
};

/** How far a callback's time may be from ours. */
export const CALLBACK_TOLERANCE_MS = 300_000;
