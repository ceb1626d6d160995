// Tells the platform what became of a charge: a signed POST, tried again until it is taken or the tries are used up. What was not taken
// when the process ended is told after the next start.
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '@portico/service-kit/logger';
import type { Callback, Charge, Ledger } from '../books/ledger.ts';
import { signCallback } from './sign-callback.ts';

export type Callbacks = AsyncDisposable & {
  /** Keeps a callback and sends it as soon as it is known where to. */
  announce(callback: Omit<Callback, 'kind'>): Promise<void>;
  sendTo(url: string): void;
};

export type CallbacksOptions = {
  ledger: Ledger;
  secret: string;
  logger: Logger;
  now: () => number;
  /** How long before each try; the first is at once. */
  retryDelaysMs: readonly number[];
};

const ANSWER_TIMEOUT_MS = 10_000;

export function openCallbacks({ ledger, secret, logger, now, retryDelaysMs }: CallbacksOptions): Callbacks {
  const stop = new AbortController();
  const underWay = new Map<string, Promise<void>>();
  let target: string | undefined;

  async function deliver(callback: Callback, url: string): Promise<void> {
    for (const delayMs of [0, ...retryDelaysMs]) {
      if (delayMs > 0) await pause(delayMs, undefined, { signal: stop.signal }).catch(() => {});
      if (stop.signal.aborted) return;
      if (await post(callback, url)) {
        await ledger.record({ kind: 'delivered', id: callback.id });
        return;
      }
    }
    logger.warn({ eventId: callback.id, event: callback.type }, 'a callback was not taken');
  }

  async function post({ id, type, charge, at }: Callback, url: string): Promise<boolean> {
    const body = JSON.stringify({ id, type, createdAt: at, data: chargeBody(charge) });
    const headers = { 'content-type': 'application/json', ...signCallback(secret, { id, atSeconds: Math.floor(now() / 1_000), body }) };
    const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]);
    return fetch(url, { method: 'POST', headers, body, signal, redirect: 'error' }).then(
      async (answer) => {
        await answer.body?.cancel();
        return answer.ok;
      },
      () => false,
    );
  }

  function send(callback: Callback): void {
    if (target === undefined || stop.signal.aborted || underWay.has(callback.id)) return;
    const sending = deliver(callback, target)
      .catch((err: unknown) => logger.error({ err, eventId: callback.id }, 'a callback could not be kept'))
      .finally(() => underWay.delete(callback.id));
    underWay.set(callback.id, sending);
  }

  return {
    async announce(given) {
      const callback: Callback = { kind: 'callback', ...given };
      await ledger.record(callback);
      send(callback);
    },
    sendTo(url) {
      target = url;
      for (const callback of ledger.undelivered()) send(callback);
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await Promise.all(underWay.values());
    },
  };
}

/** A charge as clients read it. */
export function chargeBody({
  becomes: _becomes,
  refundFails: _fails,
  failingRefund: _failing,
  ...charge
}: Charge): Omit<Charge, 'becomes' | 'refundFails' | 'failingRefund'> {
  return charge;
}
