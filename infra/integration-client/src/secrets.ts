// Credentials by name. A declaration holds the name; the value is read when a call needs it, and again when it changes, so no secret is ever
// part of a declaration, and a new version is in use without a restart.
import { createHash } from 'node:crypto';
import { parseJson } from '@portico/service-kit/parse-json';

export type SecretReference = { readonly kind: 'secret'; readonly name: string };

/** Names a secret of the store, e.g. `acme/client`. */
export function secret(name: string): SecretReference {
  if (!NAME.test(name)) throw new TypeError(`The secret name "${name}" must be letters, digits, "-", "_" and single "/" between them.`);
  return { kind: 'secret', name };
}

export type Secret = {
  /** Differs exactly when the values do. */
  readonly version: string;
  /** A secret of one value calls it `value`. */
  readonly values: Readonly<Record<string, string>>;
  /** Since when this version is the one, in ms of the epoch, where the store knows. */
  readonly since?: number;
};

export type SecretStore = {
  /** Rejects with UnknownSecretError when there is none of this name. */
  get(name: string): Promise<Secret>;
  /** Tells of every version after the one that `get` gave. Without it, the secret is read again from time to time. */
  watch?(name: string, listener: (secret: Secret) => void): Disposable;
};

export class UnknownSecretError extends Error {
  override readonly name = 'UnknownSecretError';
  constructor(secretName: string, why: string) {
    super(`The secret "${secretName}" ${why}.`);
  }
}

const NAME = /^[A-Za-z0-9_-]+(?:\/[A-Za-z0-9_-]+)*$/;

/** Secrets that are given, and can be replaced: for tests, and for programs that hold them already. */
export function fixedSecrets(
  initial: Readonly<Record<string, string | Readonly<Record<string, string>>>>,
): SecretStore & { replace(name: string, value: string | Readonly<Record<string, string>>): void } {
  const secrets = new Map(Object.entries(initial).map(([name, value]) => [name, secretOf(value)]));
  const listeners = new Map<string, Set<(secret: Secret) => void>>();
  return {
    async get(name) {
      const found = secrets.get(name);
      if (found === undefined) throw new UnknownSecretError(name, 'is not in the store');
      return found;
    },
    watch(name, listener) {
      const heard = listeners.get(name) ?? new Set();
      listeners.set(name, heard.add(listener));
      return { [Symbol.dispose]: () => void heard.delete(listener) };
    },
    replace(name, value) {
      const next = secretOf(value);
      secrets.set(name, next);
      for (const listener of listeners.get(name) ?? []) listener(next);
    },
  };
}

/** `acme/client` is the variable ACME_CLIENT: the value itself, or a JSON object of values. */
export function secretsFromEnvironment(env: Readonly<Record<string, string | undefined>>): SecretStore {
  return {
    async get(name) {
      const variable = name.replace(/[^A-Za-z0-9]/g, '_').toUpperCase();
      const text = env[variable];
      if (text === undefined || text === '') throw new UnknownSecretError(name, `is not set (${variable})`);
      return parseSecret(text);
    },
  };
}

/** What a file or a variable holds: a JSON object of texts, or one value. Space at the ends is not part of it. */
export function parseSecret(text: string, since?: number): Secret {
  const trimmed = text.trim();
  if (!trimmed.startsWith('{')) return secretOf(trimmed, since);
  const values: unknown = parseJson(trimmed);
  if (!isTexts(values)) return secretOf(trimmed, since);
  return secretOf(values, since);
}

/** A secret whose version is made from its values. */
export function secretOf(value: string | Readonly<Record<string, string>>, since?: number): Secret {
  const values = typeof value === 'string' ? { value } : value;
  const sorted = Object.entries(values).sort(([one], [other]) => (one < other ? -1 : 1));
  const version = createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 16);
  return since === undefined ? { version, values } : { version, values, since };
}

function isTexts(value: unknown): value is Record<string, string> {
  return typeof value === 'object' && value !== null && Object.values(value).every((part) => typeof part === 'string');
}
