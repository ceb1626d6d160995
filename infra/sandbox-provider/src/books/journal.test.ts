import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Journal, openJournal } from './journal.ts';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-journal-'));
  file = join(folder, 'deep', 'journal');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Opens the journal, has it used, closes it; answers what it had kept. */
async function session(use: (journal: Journal<unknown>) => Promise<unknown> = async () => {}): Promise<readonly unknown[]> {
  const { kept, journal } = await openJournal<unknown>(file);
  await using _ = journal;
  await use(journal);
  return kept;
}
const lines = (): string[] => readFileSync(file, 'utf8').split('\n').slice(0, -1);

describe('the journal', () => {
  it('gives back in order what was appended, also when appends meet', async () => {
    await session(async (journal) => {
      await Promise.all([1, 2, 3].map((entry) => journal.append(entry)));
      await journal.append(4);
    });
    expect(await session()).toEqual([1, 2, 3, 4]);
  });

  it('drops a last line that a crash cut off, and goes on behind the one before', async () => {
    await session((journal) => journal.append({ n: 1 }));
    appendFileSync(file, '{"n":');
    expect(await session((journal) => journal.append({ n: 2 }))).toEqual([{ n: 1 }]);
    expect(lines()).toEqual(['{"n":1}', '{"n":2}']);
  });

  it('has an entry on the disk when the append resolves', async () => {
    await session(async (journal) => {
      await journal.append('promised');
      expect(lines()).toEqual(['"promised"']);
    });
  });
});

/** The next so many writes end in the middle, as on a disk that is full. */
async function failWrites(count: number): Promise<void> {
  await using handle = await open(folder);
  const spy = vi.spyOn(Object.getPrototypeOf(handle), 'appendFile');
  for (let nth = 0; nth < count; nth += 1) {
    spy.mockImplementationOnce(async function (this: Awaited<ReturnType<typeof open>>, text: unknown) {
      await this.write(String(text).slice(0, -3));
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    });
  }
  onTestFinished(() => void spy.mockRestore());
}

describe('a journal whose disk is full for a while', () => {
  it('can be opened again, and has what was refused before what came after', async () => {
    await session(async (journal) => {
      await journal.append({ n: 1 });
      await failWrites(2);
      for (const n of [2, 3]) await expect(journal.append({ n })).rejects.toThrow('no space');
      await journal.append({ n: 4 });
    });
    expect(await session()).toEqual([1, 2, 3, 4].map((n) => ({ n })));
  });

  it('has what was refused on the disk when it says that all is flushed', async () => {
    await session(async (journal) => {
      await failWrites(2);
      await expect(journal.append('refused')).rejects.toThrow('no space');
      await expect(journal.flushed()).rejects.toThrow('no space');
      await journal.flushed();
      expect(lines()).toEqual(['"refused"']);
    });
  });

  it('has it once when the books are written anew meanwhile', async () => {
    await session(async (journal) => {
      await journal.append(1);
      await failWrites(1);
      const refused = journal.append(2);
      await new Promise((resolve) => setImmediate(resolve));
      await Promise.allSettled([refused, journal.rewrite([1, 2])]);
      await journal.append(3);
    });
    expect(await session()).toEqual([1, 2, 3]);
  });
});

describe('a journal that is written anew', () => {
  it('holds the new entries in place of all before, and behind them what is appended meanwhile and after', async () => {
    const many = Array.from({ length: 2_500 }, (_, index) => index);
    await session(async (journal) => {
      await Promise.all([journal.append('old'), journal.append('old'), journal.rewrite(many), journal.append('meanwhile')]);
      expect(lines()).toHaveLength(2_501);
      await journal.append('after');
    });
    expect(await session()).toEqual([...many, 'meanwhile', 'after']);
  });

  it('takes entries while it is being written', async () => {
    await session(async (journal) => {
      const rewriting = journal.rewrite([1]);
      await new Promise((resolve) => setImmediate(resolve));
      await Promise.all([journal.append(2), rewriting]);
    });
    expect(await session()).toEqual([1, 2]);
  });

  it('goes on as it was where it cannot be, and loses nothing', async () => {
    await session((journal) => journal.append(1));
    mkdirSync(`${file}.new`);
    await session(async (journal) => {
      await Promise.all([journal.append(2), journal.rewrite(['never']), journal.append(3)]);
      await journal.append(4);
    });
    expect(await session()).toEqual([1, 2, 3, 4]);
  });

  it('is the old one after a crash on the way', async () => {
    await session((journal) => journal.append(1));
    writeFileSync(`${file}.new`, '2\n');
    expect(await session((journal) => journal.append(3))).toEqual([1]);
    expect(await session((journal) => journal.rewrite([4]))).toEqual([1, 3]);
    expect(await session()).toEqual([4]);
  });
});
