// `npm test`: types and style first, because they are cheap and explain most of what would fail later; then every suite.
// The last line is always `N passed, N failed, N skipped`.
import { spawn } from 'node:child_process';

const CHECKS: readonly (readonly string[])[] = [
  ['tsc', '-p', '.'],
  ['tsc', '-p', 'admin/portal'],
  ['tsc', '-p', 'admin/console'],
  ['biome', 'check', '--error-on-warnings', '.'],
];

const failed = (await Promise.all(CHECKS.map(async (command) => ((await run(command)) === 0 ? [] : [command.join(' ')])))).flat();
if (failed.length > 0) {
  console.error(`\n${failed.join(' and ')} found problems; no test was run.`);
  console.log(`0 passed, ${failed.length} failed, 0 skipped`);
  process.exitCode = 1;
} else {
  process.exitCode = await run(['vitest', 'run', ...process.argv.slice(2)]);
}

function run([program = '', ...args]: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit', shell: process.platform === 'win32' });
    child.once('error', reject).once('exit', (code) => resolve(code ?? 1));
  });
}
