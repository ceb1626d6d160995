// One secret over its versions. A new version is used as soon as it is seen; the one before is kept, because the other side may learn of the
// new one later than we do. Which of the two to use follows from what was refused.
import type { Logger } from '@portico/service-kit/logger';
import { type Secret, type SecretReference, type SecretStore, UnknownSecretError } from '../secrets.ts';
import { CredentialFailure } from './credential-failure.ts';

export type RotatingSecret = Disposable & {
  /** The version to use now. Rejects with CredentialFailure (`unusable`) only while none was ever read. */
  current(): Promise<Secret>;
  /** This version was refused. True when another one is now current and worth a try. */
  refused(version: string): Promise<boolean>;
};

export type RotatingSecretOptions = {
  store: SecretStore;
  reference: SecretReference;
  now: () => number;
  logger: Logger;
  /** Refuses a version that cannot work, such as half a certificate. It is then not used; the one before stays. */
  check?: (secret: Secret) => void;
  /** Told of every version that comes into use. */
  onVersion?: (secret: Secret) => void;
};

/** How often a secret is read again from a store that does not tell of changes. */
const REREAD_MS = 30_000;
/** How long the version before is used after the new one was refused. */
const RETRY_NEWEST_MS = 30_000;
/** A new version that was not refused for so long works, and the one before is forgotten. */
const OVERLAP_MS = 600_000;

export function openRotatingSecret({ store, reference, now, logger, check, onVersion }: RotatingSecretOptions): RotatingSecret {
  let newest: Secret | undefined;
  let previous: Secret | undefined;
  let newestSince = 0;
  let newestRefusedAt: number | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;
  let unusable: string | undefined;

  function take(found: Secret): void {
    readAt = now();
    if (found.version === newest?.version || found.version === unusable) return;
    try {
      check?.(found);
    } catch (error) {
      unusable = found.version;
      if (newest === undefined) throw error;
      logger.error(
        { event: 'secret_unusable', reason: reasonOf(error) },
        'A new version of a secret cannot be used; the one before stays.',
      );
      return;
    }
    previous = newest;
    newest = found;
    newestSince = now();
    newestRefusedAt = undefined;
    unusable = undefined;
    onVersion?.(found);
  }
  /** One read at a time: a wave of refusals asks the store once. */
  function read(): Promise<void> {
    reading ??= store
      .get(reference.name)
      .then(take)
      .finally(() => {
        reading = undefined;
      });
    return reading;
  }
  const keep = (error: unknown): void => {
    readAt = now();
    logger.warn({ event: 'secret_not_read', reason: reasonOf(error) }, 'A secret could not be read again; the version in use stays.');
  };
  function choose(): Secret | undefined {
    if (now() - Math.max(newestSince, newestRefusedAt ?? 0) > OVERLAP_MS) previous = undefined;
    const refusedLately = newestRefusedAt !== undefined && now() - newestRefusedAt < RETRY_NEWEST_MS;
    return refusedLately && previous !== undefined ? previous : newest;
  }

  const watch = store.watch?.(reference.name, (found) => {
    try {
      take(found);
    } catch (error) {
      keep(error);
    }
  });
  return {
    async current() {
      if (newest === undefined) await read().catch((error: unknown) => Promise.reject(unusableSecret(reference.name, error)));
      else if (watch === undefined && now() - readAt > REREAD_MS) {
        readAt = now();
        read().catch(keep);
      }
      const chosen = choose();
      if (chosen === undefined) throw new CredentialFailure('unusable', `The secret "${reference.name}" cannot be used.`);
      return chosen;
    },
    async refused(version) {
      if (choose()?.version !== version) return true;
      await read().catch(keep);
      if (choose()?.version !== version) return true;
      if (previous === undefined) return false;
      // The version before is over when it is refused, and the newest one gets its turn again.
      if (version === previous.version) previous = undefined;
      else newestRefusedAt = now();
      return true;
    },
    [Symbol.dispose]: () => watch?.[Symbol.dispose](),
  };
}

function unusableSecret(name: string, error: unknown): CredentialFailure {
  if (error instanceof CredentialFailure) return error;
  return new CredentialFailure('unusable', error instanceof UnknownSecretError ? error.message : `The secret "${name}" could not be read.`);
}

// A store's own error may hold an address with a token in it: only our errors are told.
function reasonOf(error: unknown): string {
  return error instanceof UnknownSecretError || error instanceof CredentialFailure ? error.message : 'the store failed';
}
