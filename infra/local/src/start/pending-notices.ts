import type { TellOwners } from '@portico/contracts/webhook-notice';

/** The relay starts before the gateway that writes letters: its notices wait until there is one, or until the start has failed. */
export function createPendingNotices(): Disposable & { readonly tell: TellOwners; deliverTo(tellOwners: TellOwners): void } {
  const { promise, resolve, reject } = Promise.withResolvers<TellOwners>();
  promise.catch(() => {});
  return {
    tell: async (notice) => (await promise)(notice),
    deliverTo: resolve,
    [Symbol.dispose]: () => reject(new Error('There is no gateway that would write letters.')),
  };
}
