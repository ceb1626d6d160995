// Which version of a secret to use. A new one is used as soon as it is known; the one before is kept, because the other side may learn of the
// new one later than we do. What was refused decides between the two.
import type { Secret } from '../../secrets.ts';

export type SecretVersions = {
  /** The version to use now. */
  inUse(): Secret | undefined;
  isNewest(version: string): boolean;
  add(secret: Secret): void;
  /** This version, in use, was refused. True when another one is in use now. */
  refuse(version: string): boolean;
};

/** How long the version before is used after the new one was refused. */
const RETRY_NEWEST_MS = 30_000;
/** A new version that was not refused for so long works, and the one before is forgotten. */
const OVERLAP_MS = 600_000;

export function createSecretVersions(now: () => number): SecretVersions {
  let newest: Secret | undefined;
  let previous: Secret | undefined;
  let newestSince = 0;
  let newestRefusedAt = Number.NEGATIVE_INFINITY;
  return {
    inUse() {
      if (previous === undefined) return newest;
      const present = now();
      if (present - Math.max(newestSince, newestRefusedAt) > OVERLAP_MS) previous = undefined;
      return previous !== undefined && present - newestRefusedAt < RETRY_NEWEST_MS ? previous : newest;
    },
    isNewest: (version) => newest?.version === version,
    add(secret) {
      previous = newest;
      newest = secret;
      newestSince = now();
      newestRefusedAt = Number.NEGATIVE_INFINITY;
    },
    refuse(version) {
      if (previous === undefined) return false;
      // The version before is over when it is refused, and the newest one gets its turn again.
      if (version === previous.version) previous = undefined;
      else newestRefusedAt = now();
      return true;
    },
  };
}
