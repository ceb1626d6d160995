import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { conformance } from '@portico/integration-client/testing/conformance';
import { printReport } from '@portico/integration-client/testing/print-report';
import { z } from 'zod';
import { type Command, UsageError } from '../../cli/command.ts';
import { findDeclarations } from '../../providers/find-declarations.ts';

const REPOSITORY = join(dirname(fileURLToPath(import.meta.url)), '../../../../..');
const fixtures = z.record(z.string(), z.unknown());

export const providersCheck: Command = {
  name: 'providers check',
  about:
    'Puts a declared provider through some thirty faults, without network or waiting, and prints how each operation stood them. Fails when one did not.',
  words: ['name or file'],
  options: {},
  async run(given, io) {
    const wanted = given.word(0);
    const found = await findDeclarations(wanted, REPOSITORY);
    if (found.length === 0) throw new UsageError(`No program declares a provider ${JSON.stringify(wanted)}, and no such file exports one.`);
    let failed = 0;
    for (const { file, provider } of found) {
      const report = await conformance(provider, { samples: samplesBeside(file) });
      io.out(printReport(report));
      failed += report.failed;
    }
    return failed === 0 ? 0 : 1;
  },
};

/** Answers that were seen, by operation. */
function samplesBeside(file: string): Record<string, { answer: unknown }> {
  const path = file.replace(/\.ts$/, '.fixtures.json');
  if (!existsSync(path)) return {};
  const seen = fixtures.parse(JSON.parse(readFileSync(path, 'utf8')));
  return Object.fromEntries(Object.entries(seen).map(([operation, answer]) => [operation, { answer }]));
}
