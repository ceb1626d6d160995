import type { Command } from './command.ts';

export function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, about }) => `  ${name.padEnd(width)}  ${about}`);
  return ['Usage: npm run portico -- <command> [options]', '', ...lines, '', 'Each command explains itself with --help.'].join('\n');
}

export function commandHelp({ name, about, words = [], options }: Command): string {
  const usage = ['Usage: npm run portico --', name, ...words.map((word) => `<${word}>`), '[options]'].join(' ');
  const rows = Object.entries(options).map(([option, spec]) => {
    const left = spec.value === undefined ? `--${option}` : `--${option} <${spec.value}>`;
    return [left, spec.default === undefined ? spec.about : `${spec.about} (default: ${spec.default})`] as const;
  });
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  return [usage, '', about, '', ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)].join('\n').trimEnd();
}
