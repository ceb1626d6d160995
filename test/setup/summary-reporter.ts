import type { Reporter, TestCase, TestModule } from 'vitest/node';

/**
 * Prints what passed at its second try only, with what went wrong at the first, and `N passed, N failed, N skipped` as the last line of a run. A
 * file that could not be loaded counts as failed.
 */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const lines: string[] = [];
    const count = { passed: 0, failed: errors.length, skipped: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        count[state === 'pending' ? 'skipped' : state] += 1;
        if (test.diagnostic()?.flaky === true) lines.push(secondTry(test));
      }
      if (module.errors().length > 0) count.failed += 1;
    }
    lines.push(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
    // After the other reporters' own summaries.
    process.once('exit', () => process.stdout.write(`${lines.join('\n')}\n`));
  }
}

function secondTry(test: TestCase): string {
  const [error] = test.result().errors ?? [];
  return `at the second try: ${test.module.relativeModuleId} > ${test.fullName}: ${error?.stack ?? error?.message}`;
}
