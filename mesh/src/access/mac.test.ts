import { createHmac, randomBytes } from 'node:crypto';
import { createMacKey } from '@portico/service-kit/mac';
import { describe, expect, it } from 'vitest';
import { createMacOf } from './mac.ts';

describe('the MAC of a message', () => {
  it("is createHmac's, for keys around a block's size and messages around the room for them", () => {
    const macOf = createMacOf();
    for (const keyLength of [1, 32, 63, 64, 65, 200]) {
      const secret = 'k'.repeat(keyLength);
      const key = createMacKey(Buffer.from(secret));
      for (const bytesLength of [0, 1, 64, 500, 1_950, 1_984, 1_985, 3_000, 100_000]) {
        for (const text of ['', '1769851800', 'GET\n/ä/€/😀\n', 'x'.repeat(700)]) {
          const bytes = randomBytes(bytesLength);
          const expected = createHmac('sha256', secret).update(bytes).update(text).digest('hex');
          expect(macOf(key, bytes, text).toString('hex')).toBe(expected);
        }
      }
    }
  });
});
