import { fromString, toUUID } from 'typeid-js';
import { describe, expect, it } from 'vitest';
import { createTimeOrdered } from './time-ordered.ts';

const NOW = Date.parse('2026-11-21T12:00:00.123Z');
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const uuidOf = (value: string): string => toUUID(fromString(`req_${value}`));

describe('time-ordered values', () => {
  it("are read by the specification's own implementation as a UUID of version 7 and the time it was made", () => {
    for (const ms of [1, NOW, 2 ** 48 - 1]) {
      const make = createTimeOrdered(() => ms);
      for (let i = 0; i < 8_000; i += 1) {
        const uuid = uuidOf(make());
        expect(uuid).toMatch(UUID_V7);
        expect(Number.parseInt(uuid.replace('-', '').slice(0, 12), 16)).toBe(ms);
      }
    }
  });

  it('sort in the order they were made, within a millisecond and when the clock is set back', () => {
    let ms = NOW;
    const make = createTimeOrdered(() => ms);
    const made: string[] = [];
    for (const step of [0, 1, -50, 0, 60, 3_600_000]) {
      ms += step;
      for (let i = 0; i < 10_000; i += 1) made.push(make());
    }
    expect(made).toEqual(made.toSorted());
    expect(new Set(made).size).toBe(made.length);
  });

  it('go on with the next millisecond when the counter is used up', () => {
    const make = createTimeOrdered(() => NOW);
    let last = make();
    const time = last.slice(0, 10);
    // At least half of the counter's range is ahead, at most all of it.
    for (let i = 0; i < 2 ** 14; i += 1) {
      const next = make();
      if (next <= last) throw new Error(`${next} was made after ${last}.`);
      last = next;
    }
    expect(last.slice(0, 10) > time).toBe(true);
    expect(uuidOf(last)).toMatch(UUID_V7);
  });

  it('differ between processes that make theirs in the same millisecond', () => {
    const makers = Array.from({ length: 500 }, () => createTimeOrdered(() => NOW));
    expect(new Set(makers.map((make) => make().slice(-10))).size).toBe(makers.length);
  });

  it('have every bit that is not fixed in both its states', () => {
    let ms = NOW;
    const make = createTimeOrdered(() => ms++);
    const seen = Array.from({ length: 80 }, () => new Set<string>());
    for (let i = 0; i < 2_000; i += 1) {
      const low = BigInt(`0x${uuidOf(make()).replaceAll('-', '').slice(12)}`)
        .toString(2)
        .padStart(80, '0');
      for (const [place, bit] of [...low].entries()) seen[place]?.add(bit);
    }
    // The version, the variant, and the counter's first bit, which leaves it room to count.
    const fixed = new Set([0, 1, 2, 3, 4, 16, 17]);
    expect(seen.flatMap((bits, place) => (bits.size === 2 ? [] : [place]))).toEqual([...fixed]);
  });
});
