// The secret of an endpoint. A made one is `whsec_` and base64, as Standard Webhooks prints it; a partner may give any other text that is long enough.
import { randomBytes } from 'node:crypto';
import { createMacKey, type MacKey } from '@portico/service-kit/mac';

export const SECRET_PREFIX = 'whsec_';
const MADE_BYTES = 32;
const KEY_BYTES = { min: 24, max: 64 };
const TEXT_LENGTH = { min: 24, max: 256 };
/** Characters that survive every form, shell and header on the way to the receiver's configuration. */
const PRINTABLE = /^[\x21-\x7e]+$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** A secret of 256 random bits. */
export function newSecret(random: (size: number) => Buffer = randomBytes): string {
  return `${SECRET_PREFIX}${random(MADE_BYTES).toString('base64')}`;
}

/** What is wrong with a secret that a partner gives, or undefined. The text does not repeat the secret. */
export function secretProblem(text: string): string | undefined {
  if (!PRINTABLE.test(text)) return 'Must consist of printable ASCII characters, without spaces and line breaks.';
  if (text.length < TEXT_LENGTH.min || text.length > TEXT_LENGTH.max) {
    return `Must have ${TEXT_LENGTH.min} to ${TEXT_LENGTH.max} characters.`;
  }
  if (!text.startsWith(SECRET_PREFIX)) return undefined;
  const encoded = text.slice(SECRET_PREFIX.length);
  const bytes = BASE64.test(encoded) ? Buffer.from(encoded, 'base64').length : 0;
  if (bytes < KEY_BYTES.min || bytes > KEY_BYTES.max) {
    return `After "${SECRET_PREFIX}" must stand the base64 of ${KEY_BYTES.min} to ${KEY_BYTES.max} bytes, with its padding.`;
  }
  return undefined;
}

/** The key of the Standard Webhooks signature: the decoded bytes of a `whsec_` secret, the UTF-8 bytes of any other. */
export function standardKey(secret: string): Buffer {
  return secret.startsWith(SECRET_PREFIX) ? Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64') : Buffer.from(secret, 'utf8');
}

/** What an endpoint's attempts are signed with, in both header families. */
export type SigningKeys = { readonly house: MacKey; readonly standard: MacKey };

/** Made once for a secret. */
export function signingKeys(secret: string): SigningKeys {
  return { house: createMacKey(Buffer.from(secret)), standard: createMacKey(standardKey(secret)) };
}
