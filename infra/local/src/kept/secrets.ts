// The secrets that all programs share. In production they are given; on a developer's machine they are made once and kept.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { createPrivateFile, readPrivateFile } from './private-file.ts';

const secrets = z.object({ internalSecret: z.string(), secretKeys: z.string(), blindIndexKey: z.string() });
export type Secrets = z.infer<typeof secrets>;

export type GivenSecrets = { [Name in keyof Secrets]?: string | undefined };

/** What is given wins; what is not comes from DATA_DIR/secrets.json, which is made at the first start. */
export function loadSecrets(dataDir: string, given: GivenSecrets): Secrets {
  const { internalSecret, secretKeys, blindIndexKey } = given;
  if (internalSecret !== undefined && secretKeys !== undefined && blindIndexKey !== undefined) {
    return { internalSecret, secretKeys, blindIndexKey };
  }
  const kept = keepSecrets(join(dataDir, 'secrets.json'));
  return {
    internalSecret: internalSecret ?? kept.internalSecret,
    secretKeys: secretKeys ?? kept.secretKeys,
    blindIndexKey: blindIndexKey ?? kept.blindIndexKey,
  };
}

function keepSecrets(file: string): Secrets {
  const present = readPrivateFile(file, secrets);
  if (present !== undefined) return present;
  const key = (): string => randomBytes(32).toString('base64');
  createPrivateFile(file, { internalSecret: key(), secretKeys: `1:${key()}`, blindIndexKey: key() });
  // Read, not remembered: two first starts at once must agree, because what one encrypts the other has to read.
  const made = readPrivateFile(file, secrets);
  if (made === undefined) throw new Error(`${file} was removed while it was made.`);
  return made;
}
