// What the platform relies on, whoever charges. Both adapters pass it against a server.
import { newId } from '@portico/contracts/ids';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChargeRequest, PaymentProvider } from './payment-provider.ts';

const PATIENT_MS = 20_000;
/** Long enough for a request to leave. */
const HURRIED_MS = 1_500;

export type SignedBytes = { headers: Map<string, string>; body: Buffer };

export type ConformanceSubject = AsyncDisposable & {
  readonly provider: PaymentProvider;
  readonly tokens: Readonly<
    Record<'succeeds' | 'refundFails' | 'declines' | 'noFunds' | 'pending' | 'cuts' | 'hangs' | 'flaky' | 'busy' | 'nobody', string>
  >;
  /** Charges that the provider has for a key, by its own books. */
  charges(key: string): Promise<{ amount: number; refunded: number }[]>;
  /** Somebody at the provider gives back a part of the charge of a key. */
  refundElsewhere(key: string, amount: number): Promise<void>;
  /** Until the first refund of such a charge has come back. */
  refundSentBack(key: string): Promise<void>;
  /** A callback about a payment, as the provider signs it at this time. */
  signedCallback(key: string, at: Date): SignedBytes;
  /** The same, that a refund of it failed. */
  signedRefundFailure(payment: { key: string; providerId: string }, at: Date): SignedBytes;
};

export function describePaymentProvider(name: string, open: () => Promise<ConformanceSubject>): void {
  describe(`${name} as a payment provider`, () => {
    let subject: ConformanceSubject;
    beforeAll(async () => {
      subject = await open();
    });
    afterAll(() => subject?.[Symbol.asyncDispose]());

    const request = (token: string, more: Partial<ChargeRequest> = {}): ChargeRequest => {
      const orderId = newId('order');
      return { key: newId('payment'), amount: 2_500, currency: 'USD', token, orderId, description: `Order ${orderId}`, ...more };
    };
    const charge = (given: ChargeRequest, timeoutMs = PATIENT_MS) => subject.provider.charge(given, AbortSignal.timeout(timeoutMs));
    const find = (key: string, providerId: string | null = null) =>
      subject.provider.find({ key, providerId }, AbortSignal.timeout(PATIENT_MS));

    it('charges once per key, and answers every try alike', async () => {
      const given = request(subject.tokens.succeeds);
      const first = await charge(given);
      expect(first).toEqual({ kind: 'succeeded', providerId: expect.any(String), amount: 2_500, currency: 'USD' });
      expect(await charge(given)).toEqual(first);
      expect(await find(given.key)).toEqual(first);
      expect(await subject.charges(given.key)).toEqual([{ amount: 2_500, refunded: 0 }]);
    });

    it('tells what it has charged in the units that it was asked in', async () => {
      for (const currency of ['USD', 'JPY', 'ISK', 'KWD']) {
        expect(await charge(request(subject.tokens.succeeds, { amount: 1_230, currency }))).toMatchObject({ amount: 1_230, currency });
      }
    });

    it('says why a card was declined, on every try and to whoever looks it up', async () => {
      const given = request(subject.tokens.noFunds);
      const declined = { kind: 'declined', reason: expect.stringContaining('insufficient_funds'), providerId: expect.any(String) };
      expect(await charge(given)).toEqual(declined);
      expect(await charge(given)).toEqual(declined);
      expect(await find(given.key)).toEqual(declined);
      expect(await charge(request(subject.tokens.declines))).toMatchObject({
        kind: 'declined',
        reason: expect.stringContaining('declined'),
      });
      expect(await charge(request(subject.tokens.nobody))).toMatchObject({ kind: 'declined' });
    });

    it('says that it is not decided yet', async () => {
      const given = request(subject.tokens.pending);
      expect(await charge(given)).toEqual({ kind: 'pending', providerId: expect.any(String) });
    });

    it('finds a charge whose answer was lost, or makes it known that none was made', async () => {
      const cut = request(subject.tokens.cuts);
      // The same key once more: the provider answers what it did, or the charge has to be looked up.
      expect(['succeeded', 'unknown']).toContain((await charge(cut)).kind);
      expect(await find(cut.key)).toMatchObject({ kind: 'succeeded' });
      expect(await subject.charges(cut.key)).toHaveLength(1);
      const hung = request(subject.tokens.hangs);
      expect(await charge(hung, HURRIED_MS)).toEqual({ kind: 'unknown' });
      expect(await find(hung.key)).toEqual({ kind: 'absent' });
    });

    it('gets through a provider that is down or busy for a moment, with one charge', async () => {
      for (const token of [subject.tokens.flaky, subject.tokens.busy]) {
        const given = request(token);
        expect(await charge(given)).toMatchObject({ kind: 'succeeded' });
        expect(await subject.charges(given.key)).toHaveLength(1);
      }
    });

    it('gives back everything, once', async () => {
      const given = request(subject.tokens.succeeds);
      const charged = await charge(given);
      const providerId = 'providerId' in charged ? (charged.providerId ?? '') : '';
      const refund = (key: string) => subject.provider.refund({ key, providerId }, AbortSignal.timeout(PATIENT_MS));
      expect(await refund(`${given.key}.refund`)).toEqual({ kind: 'refunded' });
      expect(await refund(`${given.key}.refund`)).toEqual({ kind: 'refunded' });
      // Under another key too there is nothing left to give back.
      expect(await refund(`${given.key}.again`)).toEqual({ kind: 'refunded' });
      expect(await subject.charges(given.key)).toEqual([{ amount: 2_500, refunded: 2_500 }]);
      expect(await find(given.key, providerId)).toEqual({ kind: 'refunded', providerId });
    });

    it('gives back what is left of a charge of which a part was given back by other ways', async () => {
      const given = request(subject.tokens.succeeds);
      const charged = await charge(given);
      const providerId = 'providerId' in charged ? (charged.providerId ?? '') : '';
      await subject.refundElsewhere(given.key, 1_000);
      expect(await find(given.key, providerId)).toEqual({ kind: 'succeeded', providerId, amount: 2_500, currency: 'USD' });
      expect(await subject.provider.refund({ key: `${given.key}.refund`, providerId }, AbortSignal.timeout(PATIENT_MS))).toEqual({
        kind: 'refunded',
      });
      expect(await subject.charges(given.key)).toEqual([{ amount: 2_500, refunded: 2_500 }]);
    });

    it('gives back anew what was sent back after it had been given back, and names it in the callback that tells so', async () => {
      const given = request(subject.tokens.refundFails);
      const charged = await charge(given);
      const providerId = 'providerId' in charged ? (charged.providerId ?? '') : '';
      const refund = (key: string) => subject.provider.refund({ key, providerId }, AbortSignal.timeout(PATIENT_MS));
      expect(await refund(`${given.key}.refund.0`)).toEqual({ kind: 'refunded' });
      expect(await find(given.key, providerId)).toEqual({ kind: 'refunded', providerId });
      await subject.refundSentBack(given.key);
      expect(await find(given.key, providerId)).toMatchObject({ kind: 'succeeded', providerId, amount: 2_500 });
      const at = new Date('2026-05-01T12:00:00Z');
      const { headers, body } = subject.signedRefundFailure({ key: given.key, providerId }, at);
      const reading = subject.provider.verifyCallback(headers, body, at);
      expect(reading).toMatchObject({ kind: 'event', about: 'refund_failed' });
      expect([given.key, providerId]).toContain(reading.kind === 'event' && (reading.key ?? reading.providerId));
      expect(await refund(`${given.key}.refund.1`)).toEqual({ kind: 'refunded' });
      expect(await subject.charges(given.key)).toEqual([{ amount: 2_500, refunded: 2_500 }]);
    });

    it('takes callbacks that the provider signed within five minutes, and no others', () => {
      const at = new Date('2026-05-01T12:00:00Z');
      const { headers, body } = subject.signedCallback('pay_x', at);
      const verify = (given: { headers?: Map<string, string>; body?: Buffer; now?: Date }) =>
        subject.provider.verifyCallback(given.headers ?? headers, given.body ?? body, given.now ?? at);
      expect(verify({})).toEqual({ kind: 'event', id: expect.any(String), about: 'succeeded', key: 'pay_x' });
      expect(verify({ now: new Date(at.getTime() + 299_000) }).kind).toBe('event');
      expect(verify({ now: new Date(at.getTime() + 301_000) }).kind).toBe('refused');
      expect(verify({ now: new Date(at.getTime() - 301_000) }).kind).toBe('refused');
      expect(verify({ headers: new Map() }).kind).toBe('refused');
      expect(verify({ body: Buffer.concat([body, Buffer.from(' ')]) }).kind).toBe('refused');
      const changed = new Map([...headers].map(([name, value]) => [name, name.endsWith('signature') ? value.slice(0, -3) : value]));
      expect(verify({ headers: changed }).kind).toBe('refused');
    });
  });
}
