/** What can be switched while a program runs, for one provider or for all. */
export const FLAG_DEFAULTS = {
  /** Off: nothing is refused because earlier calls failed. */
  ENABLE_CIRCUIT_BREAKER: true,
  /** Off: every GET asks the provider, and nothing stale stands in. */
  ENABLE_CACHING: true,
  /** Off: every call is tried once. */
  ENABLE_RETRY: true,
  /** On: calls are logged with their bodies, without what is tagged as personal or unknown to the schema. */
  DEBUG_MODE: false,
} as const;

export type Flag = keyof typeof FLAG_DEFAULTS;
export type FlagValues = Partial<Record<Flag, boolean>>;

/** Asked on every call, so it answers from memory. An adapter to a flag service keeps its own copy. */
export type Flags = { isOn(flag: Flag, provider: string): boolean };

/** Flags that stand in the configuration: those of the provider, else those for all, else the default. */
export function fixedFlags(forAll: FlagValues = {}, perProvider: Readonly<Record<string, FlagValues>> = {}): Flags {
  const providers = new Map(Object.entries(perProvider));
  return { isOn: (flag, provider) => providers.get(provider)?.[flag] ?? forAll[flag] ?? FLAG_DEFAULTS[flag] };
}
