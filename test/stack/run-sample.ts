// Runs samples as who copies them would: as a file, with what the environment says.
import { execFile } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** By `lang` of a sample. curl needs a shell with openssl around it. */
const INTERPRETERS: Readonly<Record<string, { needs: readonly string[]; command: string; file: string }>> = {
  Shell: { needs: ['bash', 'curl', 'openssl'], command: 'bash', file: 'sample.sh' },
  JavaScript: { needs: [], command: process.execPath, file: 'sample.mjs' },
  Python: { needs: ['python3'], command: 'python3', file: 'sample.py' },
  PHP: { needs: ['php'], command: 'php', file: 'sample.php' },
  Ruby: { needs: ['ruby'], command: 'ruby', file: 'sample.rb' },
};

/** The programs that this machine lacks to run samples of the language. */
export function lacking(lang: string): string[] {
  return (INTERPRETERS[lang]?.needs ?? [lang]).filter((name) => !isOnPath(name));
}

/** What a sample prints. Rejects when it ends with an error. */
export async function runSample(lang: string, source: string, env: Readonly<Record<string, string>>): Promise<string> {
  const interpreter = INTERPRETERS[lang];
  if (interpreter === undefined) throw new Error(`Nothing is known that runs ${lang}.`);
  const folder = mkdtempSync(join(tmpdir(), 'portico-sample-'));
  try {
    const file = join(folder, interpreter.file);
    writeFileSync(file, source);
    const { stdout } = await run(interpreter.command, [file], { env: { PATH: process.env.PATH ?? '', ...env }, timeout: 60_000 });
    return stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function isOnPath(name: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
