// A session can end while its pages are open. Whatever is refused because of that says so here, and whoever shows the pages asks to sign in again.
export type SessionWatch = {
  readonly hasEnded: () => boolean;
  readonly subscribe: (listener: () => void) => () => void;
  ended(): void;
  resumed(): void;
};

export function createSessionWatch(): SessionWatch {
  const listeners = new Set<() => void>();
  let ended = false;
  const set = (value: boolean): void => {
    if (ended === value) return;
    ended = value;
    for (const listener of listeners) listener();
  };
  return {
    hasEnded: () => ended,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ended: () => set(true),
    resumed: () => set(false),
  };
}
