// An append-only file of JSON lines: what was promised to a client is on the disk before the answer goes out, so that a killed process
// forgets no charge. Writes that meet share one fsync. Whoever knows what of it still counts can have it written anew.
import { type FileHandle, mkdir, open, readFile, rename, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';

export type Journal<Entry> = AsyncDisposable & {
  /** Resolves when the entry is on the disk. One that could not be written is written before the next, for it is in the books already. */
  append(entry: Entry): Promise<void>;
  /** Replaces everything that was appended before; resolves when that is on the disk. What is appended meanwhile stands behind it. */
  rewrite(entries: readonly Entry[]): Promise<void>;
  /** Resolves when everything that was appended before is on the disk. */
  flushed(): Promise<void>;
};

/** `kept`: everything that was kept before, in order. */
export type OpenedJournal<Entry> = { readonly kept: readonly Entry[]; readonly journal: Journal<Entry> };

/** Opens a journal, making it when there is none. A last line that a crash cut off was promised to nobody, and is taken away. */
export async function openJournal<Entry>(file: string): Promise<OpenedJournal<Entry>> {
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
  return { kept: lines.map((line) => JSON.parse(line) as Entry), journal: journalIn<Entry>(file, handle, whole.length) };
}

/** A journal that is gone with the process. */
export function memoryJournal<Entry>(): OpenedJournal<Entry> {
  const done = (): Promise<void> => Promise.resolve();
  return { kept: [], journal: { append: done, rewrite: done, flushed: done, [Symbol.asyncDispose]: done } };
}

/** `size`: of the file, in bytes. */
function journalIn<Entry>(file: string, opened: FileHandle, size: number): Journal<Entry> {
  let handle = opened;
  /** Bytes that are whole lines on the disk; what is behind them in the file was cut off by a failure. */
  let whole = size;
  let isTorn = false;
  let waiting = '';
  let anew: { entries: readonly Entry[]; instead: string } | undefined;
  let next: Promise<void> | undefined;
  let last: Promise<void> = Promise.resolve();

  async function flush(before: Promise<void>): Promise<void> {
    await before.catch(() => {});
    next = undefined;
    const [text, replacing] = [waiting, anew];
    [waiting, anew] = ['', undefined];
    const isReplaced = replacing !== undefined && (await replace(replacing.entries));
    const lines = isReplaced ? text : (replacing?.instead ?? '') + text;
    if (lines === '') return;
    await write(lines).catch((error: unknown) => {
      isTorn = true;
      // Whoever appended them is told; they stand before what came meanwhile.
      if (anew === undefined) waiting = lines + waiting;
      else anew.instead = lines + anew.instead;
      throw error;
    });
  }

  async function write(lines: string): Promise<void> {
    if (isTorn) await handle.truncate(whole);
    isTorn = false;
    await handle.appendFile(lines);
    await handle.datasync();
    whole += Buffer.byteLength(lines);
  }

  /** False when it could not be written; the file goes on as it was. */
  async function replace(entries: readonly Entry[]): Promise<boolean> {
    const written = await writeWhole(`${file}.new`, entries, file).catch(() => undefined);
    if (written === undefined) return false;
    await handle.close();
    handle = written;
    whole = (await written.stat()).size;
    isTorn = false;
    await syncFolder(dirname(file));
    return true;
  }

  const flushSoon = (): Promise<void> => {
    next ??= last = flush(last);
    return next;
  };
  const flushed = (): Promise<void> => (waiting === '' && anew === undefined ? last : flushSoon());
  return {
    append(entry) {
      waiting += `${JSON.stringify(entry)}\n`;
      return flushSoon();
    },
    rewrite(entries) {
      anew = { entries, instead: (anew?.instead ?? '') + waiting };
      waiting = '';
      return flushSoon();
    },
    flushed,
    async [Symbol.asyncDispose]() {
      await flushed().catch(() => {});
      await handle.close();
    },
  };
}

const LINES_AT_ONCE = 1_000;

/** A new file with these lines on the disk, under its name in the end, open for more. Other work of the process goes on between some of them. */
async function writeWhole(file: string, entries: readonly unknown[], name: string): Promise<FileHandle> {
  await using closing = new AsyncDisposableStack();
  const handle = await open(file, 'w', 0o600);
  closing.defer(() => handle.close());
  for (let at = 0; at < entries.length; at += LINES_AT_ONCE) {
    const lines = entries.slice(at, at + LINES_AT_ONCE).map((entry) => `${JSON.stringify(entry)}\n`);
    await handle.appendFile(lines.join(''));
  }
  await handle.datasync();
  await rename(file, name);
  closing.move();
  return handle;
}

/** So that after a crash the name means the new file. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
