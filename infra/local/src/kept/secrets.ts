// The secrets that all programs share. In production they are given; on a developer's machine they are made once and kept.
import { randomBytes, randomUUID } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@portico/contracts/errors';
import { nextKeyVersion } from '@portico/service-kit/sealing/key-ring';
import { z } from 'zod';
import { isAlive } from '../machine/is-alive.ts';
import { createPrivateFile, readPrivateFile, writePrivateFile } from './private-file.ts';

const secrets = z.object({ internalSecret: z.string(), secretKeys: z.string(), blindIndexKey: z.string() });
export type Secrets = z.infer<typeof secrets>;

export type GivenSecrets = { [Name in keyof Secrets]?: string | undefined };

/** What is given wins; what is not comes from DATA_DIR/secrets.json, which is made at the first start. */
export function loadSecrets(dataDir: string, given: GivenSecrets): Secrets {
  const { internalSecret, secretKeys, blindIndexKey } = given;
  if (internalSecret !== undefined && secretKeys !== undefined && blindIndexKey !== undefined) {
    return { internalSecret, secretKeys, blindIndexKey };
  }
  const kept = keepSecrets(fileOf(dataDir));
  return {
    internalSecret: internalSecret ?? kept.internalSecret,
    secretKeys: secretKeys ?? kept.secretKeys,
    blindIndexKey: blindIndexKey ?? kept.blindIndexKey,
  };
}

/** What is given and what is kept, as far as there is any. Makes nothing. */
export function readSecrets(dataDir: string, given: GivenSecrets): GivenSecrets {
  const { internalSecret, secretKeys, blindIndexKey } = given;
  const kept = readPrivateFile(fileOf(dataDir), secrets);
  return {
    internalSecret: internalSecret ?? kept?.internalSecret,
    secretKeys: secretKeys ?? kept?.secretKeys,
    blindIndexKey: blindIndexKey ?? kept?.blindIndexKey,
  };
}

export function newSecrets(): Secrets {
  return { internalSecret: newKey(), secretKeys: `1:${newKey()}`, blindIndexKey: newKey() };
}

function keepSecrets(file: string): Secrets {
  const present = readPrivateFile(file, secrets);
  if (present !== undefined) return present;
  createPrivateFile(file, newSecrets());
  // Read, not remembered: two first starts at once must agree, because what one encrypts the other has to read.
  const made = readPrivateFile(file, secrets);
  if (made === undefined) throw new Error(`${file} was removed while it was made.`);
  return made;
}

/** Adds a key to the kept ring and answers its version. CONFLICT while another process does so: overwriting its key would lose what that sealed. */
export function addSecretKey(dataDir: string): number {
  const lock = join(dataDir, 'secrets.lock');
  const kept = keepSecrets(fileOf(dataDir));
  const take = (): boolean => createPrivateFile(lock, { pid: process.pid });
  if (!take() && !(removeDeadLock(lock) && take())) {
    throw new AppError('CONFLICT', `Another process adds a key at the moment. If none does, remove ${lock}.`);
  }
  try {
    const current = readPrivateFile(fileOf(dataDir), secrets) ?? kept;
    const version = nextKeyVersion(current.secretKeys);
    writePrivateFile(fileOf(dataDir), { ...current, secretKeys: `${current.secretKeys},${version}:${newKey()}` });
    return version;
  } finally {
    rmSync(lock, { force: true });
  }
}

/** Whether the lock was left by a process that died over its work. */
function removeDeadLock(lock: string): boolean {
  const holder = holderOf(lock);
  // Our own number: we hold nothing yet, so it was another process's, before the machine or the container started anew.
  if (holder === undefined || (holder !== process.pid && isAlive(holder))) return false;
  const moved = `${lock}.${randomUUID()}`;
  try {
    renameSync(lock, moved);
  } catch {
    return false;
  }
  // Somebody else removed the dead one in this moment, and this one is theirs.
  const isDead = holderOf(moved) === holder;
  if (!isDead) renameSync(moved, lock);
  rmSync(moved, { force: true });
  return isDead;
}

function holderOf(lock: string): number | undefined {
  try {
    return readPrivateFile(lock, z.object({ pid: z.int() }))?.pid;
  } catch {
    return undefined;
  }
}

function fileOf(dataDir: string): string {
  return join(dataDir, 'secrets.json');
}

function newKey(): string {
  return randomBytes(32).toString('base64');
}
