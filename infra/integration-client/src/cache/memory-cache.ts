import { LRUCache } from 'lru-cache';

export type KeptAnswer = {
  /** JSON. */
  readonly text: string;
  /** In ms of the epoch, by the clock of the process that loaded it. */
  readonly storedAt: number;
  /** When it was last compared with what the fleet has. */
  checkedAt: number;
};

export type MemoryCache = {
  get(key: string): KeptAnswer | undefined;
  set(key: string, answer: KeptAnswer): void;
};

/** What goes with an entry besides its texts, roughly. */
const ENTRY_BYTES = 200;

/** Bounded by entries and by bytes; what was not asked for longest goes first. Whoever reads judges the age. */
export function createMemoryCache({ entriesMax, bytesMax }: { entriesMax: number; bytesMax: number }): MemoryCache {
  // Two bytes a character is what a text with any character outside Latin-1 takes.
  return new LRUCache<string, KeptAnswer>({
    max: entriesMax,
    maxSize: bytesMax,
    sizeCalculation: ({ text }, key) => 2 * (text.length + key.length) + ENTRY_BYTES,
  });
}
