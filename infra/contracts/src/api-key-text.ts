// What an API key looks like: `ak_live_` or `ak_test_`, 160 random bits in base32, and a checksum. The prefix and the checksum let
// scanners of source code recognise a leaked key, and let a mistyped one be refused without a look-up.

import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { MODES, type Mode } from './caller.ts';
import { BASE32 } from './time-ordered.ts';

const RANDOM_BYTES = 20;
const SECRET_BYTES = 32;
const CHECKSUM_LENGTH = 7;
const SHAPE = new RegExp(`^ak_(${MODES.join('|')})_[${BASE32}]{32}[${BASE32}]{${CHECKSUM_LENGTH}}$`);

export function newApiKey(mode: Mode): string {
  const body = `ak_${mode}_${base32(randomBytes(RANDOM_BYTES))}`;
  return body + checksum(body);
}

/** Whether the text can be a key that we gave out: its shape and its checksum are right. */
export function isApiKeyText(text: string): boolean {
  return SHAPE.test(text) && checksum(text.slice(0, -CHECKSUM_LENGTH)) === text.slice(-CHECKSUM_LENGTH);
}

/** What may be shown of a key after it was given out: its prefix and its last four characters. */
export function keyHint(key: string): string {
  return `${key.slice(0, 8)}…${key.slice(-4)}`;
}

/** A signing secret, 256 bits. */
export function newSigningSecret(): string {
  return `sk_${randomBytes(SECRET_BYTES).toString('base64url')}`;
}

function checksum(text: string): string {
  let value = crc32(text);
  let digits = '';
  for (let i = 0; i < CHECKSUM_LENGTH; i += 1) {
    digits = BASE32[value % 32] + digits;
    value = Math.floor(value / 32);
  }
  return digits;
}

function base32(bytes: Buffer): string {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += BASE32[(value >>> bits) & 31];
    }
    value &= (1 << bits) - 1;
  }
  return text;
}
