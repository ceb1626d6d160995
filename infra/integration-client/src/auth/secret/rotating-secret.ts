// One secret over its versions: told of by the store, or read again from time to time and after every refusal.
import type { Logger } from '@portico/service-kit/logger';
import { type Secret, type SecretReference, type SecretStore, UnknownSecretError } from '../../secrets.ts';
import { CredentialFailure } from '../credential-failure.ts';
import { createSecretVersions, type SecretVersions } from './secret-versions.ts';

export type RotatingSecret = Disposable & {
  /** The version to use now. A promise while none was ever read: it rejects with CredentialFailure (`unusable`) when that fails. */
  current(): Secret | Promise<Secret>;
  /** This version was refused. True when another one is now current and worth a try. */
  refused(version: string): Promise<boolean>;
};

export type RotatingSecretOptions = {
  store: SecretStore;
  reference: SecretReference;
  now: () => number;
  logger: Logger;
  /** Throws CredentialFailure for a version that cannot work, such as half a certificate. The one before then stays. */
  check?: (secret: Secret) => void;
  /** Told of every version that comes into use. */
  onVersion?: (secret: Secret) => void;
};

/** How often a secret is read again from a store that does not tell of changes. */
const REREAD_MS = 30_000;

export function openRotatingSecret(options: RotatingSecretOptions): RotatingSecret {
  const { store, reference, now } = options;
  const versions = createSecretVersions(now);
  const { take, read, keep, readAt, putOff } = openReader(options, versions);
  const watch = store.watch?.(reference.name, (found) => {
    try {
      take(found);
    } catch (error) {
      keep(error);
    }
  });
  const first = async (): Promise<Secret> => {
    await read().catch((error: unknown) => Promise.reject(new CredentialFailure('unusable', reasonOf(error, reference.name))));
    const inUse = versions.inUse();
    if (inUse === undefined) throw new CredentialFailure('unusable', `The secret "${reference.name}" cannot be used.`);
    return inUse;
  };
  return {
    current() {
      const inUse = versions.inUse();
      if (inUse === undefined) return first();
      if (watch === undefined && now() - readAt() > REREAD_MS) {
        putOff();
        read().catch(keep);
      }
      return inUse;
    },
    async refused(version) {
      if (versions.inUse()?.version !== version) return true;
      await read().catch(keep);
      return versions.inUse()?.version !== version || versions.refuse(version);
    },
    [Symbol.dispose]: () => watch?.[Symbol.dispose](),
  };
}

/** What comes from the store, into the versions. */
function openReader({ store, reference, now, logger, check, onVersion }: RotatingSecretOptions, versions: SecretVersions) {
  let readAt = now();
  let reading: Promise<void> | undefined;
  let unusable: string | undefined;
  const putOff = (): void => {
    readAt = now();
  };
  const take = (found: Secret): void => {
    putOff();
    if (versions.isNewest(found.version) || found.version === unusable) return;
    try {
      check?.(found);
    } catch (error) {
      if (versions.inUse() !== undefined) unusable = found.version;
      throw error;
    }
    versions.add(found);
    unusable = undefined;
    onVersion?.(found);
  };
  /** One read at a time: a wave of refusals asks the store once. */
  const read = (): Promise<void> => {
    reading ??= store
      .get(reference.name)
      .then(take)
      .finally(() => {
        reading = undefined;
      });
    return reading;
  };
  const keep = (error: unknown): void => {
    putOff();
    const reason = reasonOf(error, reference.name);
    logger.warn({ event: 'secret_not_renewed', reason }, 'A secret could not be renewed; the version in use stays.');
  };
  return { take, read, keep, putOff, readAt: () => readAt };
}

// A store's own error may hold an address with a token in it: only our errors are told.
function reasonOf(error: unknown, name: string): string {
  return error instanceof UnknownSecretError || error instanceof CredentialFailure
    ? error.message
    : `The secret "${name}" could not be read.`;
}
