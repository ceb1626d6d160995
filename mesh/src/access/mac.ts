// HMAC-SHA256 (RFC 2104) as two one-shot hashes over pads that are made once per key. The same bytes as createHmac, without objects that
// the garbage collector has to follow: a digest as a text costs 0.3 µs, as a new buffer 1.0. Measured alone, 0.7 µs instead of createHmac's 2.6.
import { hash } from 'node:crypto';

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
/** Messages up to this size, with the pad before them, are put together in the same place again and again. */
const ROOM_BYTES = 2_048;
/** UTF-8 needs at most three bytes for a UTF-16 unit. */
const BYTES_PER_UNIT = 3;

export type MacKey = { readonly inner: Buffer; readonly outer: Buffer };

/** The MAC of some bytes and the text behind them. What it answers holds until it is called again. */
export type MacOf = (key: MacKey, bytes: Buffer, text: string) => Buffer;

export function createMacKey(secret: string): MacKey {
  let key = Buffer.from(secret);
  if (key.length > BLOCK_BYTES) key = hash('sha256', key, 'buffer');
  const inner = Buffer.alloc(BLOCK_BYTES, 0x36);
  const outer = Buffer.alloc(BLOCK_BYTES, 0x5c);
  for (const [i, byte] of key.entries()) {
    inner[i] = byte ^ 0x36;
    outer[i] = byte ^ 0x5c;
  }
  return { inner, outer };
}

export function createMacOf(): MacOf {
  const room = Buffer.alloc(ROOM_BYTES);
  const outerMessage = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES);
  const mac = Buffer.alloc(DIGEST_BYTES);

  function innerMessage(pad: Buffer, bytes: Buffer, text: string): Buffer {
    const textAt = BLOCK_BYTES + bytes.length;
    if (textAt + text.length * BYTES_PER_UNIT > ROOM_BYTES) return Buffer.concat([pad, bytes, Buffer.from(text)]);
    pad.copy(room);
    bytes.copy(room, BLOCK_BYTES);
    return room.subarray(0, textAt + room.write(text, textAt));
  }

  return (key, bytes, text) => {
    key.outer.copy(outerMessage);
    outerMessage.write(hash('sha256', innerMessage(key.inner, bytes, text), 'binary'), BLOCK_BYTES, 'latin1');
    mac.write(hash('sha256', outerMessage, 'binary'), 'latin1');
    return mac;
  };
}
