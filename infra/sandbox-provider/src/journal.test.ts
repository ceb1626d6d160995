import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal } from './journal.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-journal-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the journal', () => {
  it('gives back in order what was appended, also when appends meet', async () => {
    const file = join(folder, 'deep', 'journal');
    {
      await using journal = await openJournal<number>(file);
      await Promise.all([1, 2, 3].map((entry) => journal.append(entry)));
      await journal.append(4);
    }
    await using again = await openJournal<number>(file);
    expect(again.kept).toEqual([1, 2, 3, 4]);
  });

  it('drops a last line that a crash cut off, and goes on behind the one before', async () => {
    const file = join(folder, 'journal');
    {
      await using journal = await openJournal<{ n: number }>(file);
      await journal.append({ n: 1 });
    }
    appendFileSync(file, '{"n":');
    {
      await using journal = await openJournal<{ n: number }>(file);
      expect(journal.kept).toEqual([{ n: 1 }]);
      await journal.append({ n: 2 });
    }
    expect(readFileSync(file, 'utf8')).toBe('{"n":1}\n{"n":2}\n');
  });

  it('has an entry on the disk when the append resolves', async () => {
    const file = join(folder, 'journal');
    await using journal = await openJournal<string>(file);
    await journal.append('promised');
    expect(readFileSync(file, 'utf8')).toBe('"promised"\n');
  });
});
