import { createHmac, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { createMacKey, mac } from './mac.ts';

it.each([0, 1, 24, 63, 64, 65, 200])('makes the bytes of createHmac with a key of %i bytes', (size) => {
  const key = randomBytes(size);
  for (const [text, bytes] of [
    ['', Buffer.alloc(0)],
    ['evt_1.1700000000.', randomBytes(700)],
    ['Zoë 🦊.', randomBytes(70_000)],
  ] as const)
    for (const encoding of ['hex', 'base64'] as const)
      expect(mac(createMacKey(key), text, bytes, encoding)).toBe(createHmac('sha256', key).update(text).update(bytes).digest(encoding));
});
