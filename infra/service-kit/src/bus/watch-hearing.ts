// Whoever is cut off from all that could tell him of a change must not go on for long as if nothing had changed. Whether he is, only he can notice.

export type Hearing = Disposable & {
  /** Something that would tell of changes has just answered. */
  heard(): void;
};

export type HearingOptions = {
  /** Silence that counts as being cut off. */
  deafMs: number;
  /** Whether a second way stands, which may have had nothing to say. */
  alsoHears(): boolean;
  /** Called after so long a silence, and again for as long as it lasts: what was learnt meanwhile is as doubtful. */
  onDeaf(): void;
};

const LOOKS = 12;

export function watchHearing({ deafMs, alsoHears, onDeaf }: HearingOptions): Hearing {
  let heardAt = performance.now();
  const heard = (): void => {
    heardAt = performance.now();
  };
  const timer = setInterval(() => {
    if (alsoHears()) heard();
    if (performance.now() - heardAt < deafMs) return;
    heard();
    onDeaf();
  }, deafMs / LOOKS);
  timer.unref();
  return { heard, [Symbol.dispose]: () => clearInterval(timer) };
}
