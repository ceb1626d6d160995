// Encryption at rest: AES-256-GCM under the newest of a ring of keys. Older keys still decrypt, so a ring rotates without a stop.
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
/** A key that opens and does not seal yet: while the processes of an installation learn of it one by one, those that know it write nothing that others cannot read. */
const LATER = 'later';

export type KeyRing = {
  /** Version of the key that encrypts now. */
  readonly newest: number;
  /** `<key version>.<base64url of iv, tag, ciphertext>`. `aad` names the place of the text, so that it cannot be moved to another. */
  encrypt(plaintext: string | Buffer, aad: string): string;
  /** Throws when the text was altered, belongs to another place, or its key is not in the ring. */
  decrypt(ciphertext: string, aad: string): Buffer;
};

/** A ring from `1:<base64>,2:<base64>,3:<base64>:later`: version and 32 key bytes; of those that are not for later the highest version encrypts. */
export function createKeyRing(spec: string): KeyRing {
  const entries = parseEntries(spec);
  const keys = new Map(entries.map(({ version, key }) => [version, key]));
  if (keys.size < entries.length) throw new Error('The key ring has two keys of one version.');
  const newest = Math.max(...entries.filter(({ isLater }) => !isLater).map(({ version }) => version));
  if (!keys.has(newest)) throw new Error('The key ring has no key that encrypts: all are for later.');
  const keyOf = (version: number): Buffer => {
    const key = keys.get(version);
    if (key === undefined) throw new Error(`The key ring has no key of version ${version}.`);
    return key;
  };
  return {
    newest,
    encrypt(plaintext, aad) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', keyOf(newest), iv).setAAD(Buffer.from(aad));
      const body = Buffer.concat([cipher.update(plaintext), cipher.final()]);
      return `${newest}.${Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')}`;
    },
    decrypt(ciphertext, aad) {
      const dot = ciphertext.indexOf('.');
      const bytes = Buffer.from(ciphertext.slice(dot + 1), 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', keyOf(Number(ciphertext.slice(0, dot))), bytes.subarray(0, IV_BYTES))
        .setAAD(Buffer.from(aad))
        .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
    },
  };
}

/** The version that a further key of the ring gets. */
export function nextKeyVersion(spec: string): number {
  return Math.max(...parseEntries(spec).map(({ version }) => version)) + 1;
}

/** Finds equal texts without reading them: the same text and scope give the same 22 characters. Its key is not in the ring: rotating it means indexing anew. */
export function createBlindIndex(keyBase64: string): (scope: string, text: string) => string {
  const key = parseKey(keyBase64, 'the blind index key');
  return (scope, text) => createHmac('sha256', key).update(`${scope}\n${text}`).digest('base64url').slice(0, 22);
}

type Entry = { readonly version: number; readonly key: Buffer; readonly isLater: boolean };

function parseEntries(spec: string): Entry[] {
  return spec.split(',').map((entry) => parseEntry(entry.trim()));
}

function parseEntry(entry: string): Entry {
  const [number = '', key, when, ...rest] = entry.split(':');
  const version = Number(number);
  const isWellFormed = key !== undefined && (when === undefined || when === LATER) && rest.length === 0;
  if (!isWellFormed || !Number.isInteger(version) || version < 1)
    throw new Error(`A key ring entry is \`<version>:<base64 of 32 bytes>\`, with \`:${LATER}\` behind it while it does not encrypt yet.`);
  return { version, key: parseKey(key, `key ${version}`), isLater: when === LATER };
}

function parseKey(base64: string, what: string): Buffer {
  const key = Buffer.from(base64, 'base64');
  if (key.length !== KEY_BYTES) throw new Error(`${what} has ${key.length} bytes, not ${KEY_BYTES}.`);
  return key;
}
