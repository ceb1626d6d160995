import { silentLogger } from '@portico/service-kit/testing';
import { expect, it } from 'vitest';
import { createCompletionBatch } from './completion-batch.ts';

const KIB = 1_024;

it('writes what comes together in one batch, of two hundred at most and of a mebibyte or little more', async () => {
  const batches: number[][] = [];
  const completions = createCompletionBatch<number, number>({
    write: async (sizes) => batches.push([...sizes]),
    sizeOf: (size) => size,
    logger: silentLogger,
    signal: new AbortController().signal,
  });
  const sizes = [...Array<number>(250).fill(KIB), ...Array<number>(40).fill(64 * KIB)];
  const written = await Promise.all(sizes.map((size) => completions.add(size)));
  expect(batches.flat()).toEqual(sizes);
  expect(batches.map(({ length }) => length)).toEqual([200, 66, 16, 8]);
  // Each learns of its own batch.
  expect(written).toEqual(batches.flatMap(({ length }, i) => Array<number>(length).fill(i + 1)));
});
