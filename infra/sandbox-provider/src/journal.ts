// An append-only file of JSON lines: what was promised to a client is on the disk before the answer goes out, so that a killed process
// forgets no charge. Writes that meet share one fsync.
import { type FileHandle, mkdir, open, readFile, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';

export type Journal<Entry> = AsyncDisposable & {
  /** Everything that was kept before, in order. */
  readonly kept: readonly Entry[];
  /** Resolves when the entry is on the disk. */
  append(entry: Entry): Promise<void>;
  /** Resolves when everything that was appended before is on the disk. */
  flushed(): Promise<void>;
};

/** Opens a journal, making it when there is none. A last line that a crash cut off was promised to nobody, and is taken away. */
export async function openJournal<Entry>(file: string): Promise<Journal<Entry>> {
  await mkdir(dirname(file), { recursive: true });
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  });
  const whole = bytes.subarray(0, bytes.lastIndexOf('\n') + 1);
  if (whole.length < bytes.length) await truncate(file, whole.length);
  const lines = whole.toString().split('\n').slice(0, -1);
  const handle = await open(file, 'a', 0o600);
  // Written by this program alone.
  return { kept: lines.map((line) => JSON.parse(line) as Entry), ...appender<Entry>(handle) };
}

/** A journal that is gone with the process. */
export function memoryJournal<Entry>(): Journal<Entry> {
  return { kept: [], append: () => Promise.resolve(), flushed: () => Promise.resolve(), [Symbol.asyncDispose]: () => Promise.resolve() };
}

function appender<Entry>(handle: FileHandle): Omit<Journal<Entry>, 'kept'> {
  let waiting = '';
  let next: Promise<void> | undefined;
  let last: Promise<void> = Promise.resolve();

  async function flush(before: Promise<void>): Promise<void> {
    await before.catch(() => {});
    next = undefined;
    const text = waiting;
    waiting = '';
    await handle.appendFile(text);
    await handle.datasync();
  }

  return {
    append(entry) {
      waiting += `${JSON.stringify(entry)}\n`;
      next ??= last = flush(last);
      return next;
    },
    flushed: () => last,
    async [Symbol.asyncDispose]() {
      await last.catch(() => {});
      await handle.close();
    },
  };
}
