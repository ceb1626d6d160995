import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { hasCode } from '../read-error.ts';

/** A JSON file that only its owner may read. Undefined when there is none; throws, naming it, when it holds something else than the schema says. */
export function readPrivateFile<Schema extends z.ZodType>(file: string, schema: Schema): z.output<Schema> | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    // Not the parser's words, which may quote a secret.
    throw new Error(`${file} does not hold what it should. Restore it`, { cause });
  }
}

/** Replaces the file as a whole: a reader sees the old text or the new one. */
export function writePrivateFile(file: string, value: object): void {
  withUnfinished(file, value, (unfinished) => renameSync(unfinished, file));
}

/** Writes the file unless there is one already, and says whether it did. */
export function createPrivateFile(file: string, value: object): boolean {
  return withUnfinished(file, value, (unfinished) => {
    try {
      linkSync(unfinished, file);
      return true;
    } catch (error) {
      if (hasCode(error, 'EEXIST')) return false;
      throw error;
    }
  });
}

/** What is sealed under a key reaches the disk: so must the key, before it is used. */
function withUnfinished<Result>(file: string, value: object, finish: (unfinished: string) => Result): Result {
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true });
  const unfinished = `${file}.${randomUUID()}`;
  try {
    writeFileSync(unfinished, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600, flag: 'wx', flush: true });
    return finish(unfinished);
  } finally {
    rmSync(unfinished, { force: true });
    const opened = openSync(folder, 'r');
    fsyncSync(opened);
    closeSync(opened);
  }
}
