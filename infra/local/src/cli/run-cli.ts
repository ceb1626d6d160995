import { AppError } from '@portico/contracts/errors';
import { closest } from 'fastest-levenshtein';
import { messageOf } from '../read-error.ts';
import { type Command, type CommandIo, UsageError } from './command.ts';
import { commandHelp, overview } from './help.ts';
import { OutputEnded } from './open-output.ts';
import { parseCommandLine } from './parse-command-line.ts';

const OK = 0;
export const FAILED = 1;
const WRONG_USE = 2;

/** Runs the command that the arguments name. Answers the exit code: 0, 1 when it failed, 2 when it was not understood. */
export async function runCli(commands: readonly Command[], args: readonly string[], io: CommandIo): Promise<number> {
  const command = commands.find(({ name }) => name === args.slice(0, name.split(' ').length).join(' '));
  const wantsHelp = args.includes('--help') || args.includes('-h');
  if (command === undefined) {
    const words = args.filter((arg) => !arg.startsWith('-'));
    if (wantsHelp || args.length === 0 || words[0] === 'help') return say(io, overview(commands), OK);
    return complain(io, new UsageError(unknownCommand(commands, words)), 'npm run portico -- --help');
  }
  if (wantsHelp) return say(io, commandHelp(command), OK);
  try {
    return await command.run(parseCommandLine(command, args.slice(command.name.split(' ').length)), io);
  } catch (error) {
    return complain(io, error, `npm run portico -- ${command.name} --help`);
  }
}

function unknownCommand(commands: readonly Command[], words: readonly string[]): string {
  const given = words.slice(0, 2).join(' ');
  const names = commands.map(({ name }) => name);
  const nearest = names.find((name) => name.startsWith(`${words[0]} `)) ?? closest(given, names);
  return `There is no command ${JSON.stringify(given)}. Did you mean ${nearest}?`;
}

function say(io: CommandIo, text: string, code: number): number {
  io.out(text);
  return code;
}

function complain(io: CommandIo, error: unknown, help: string): number {
  if (error instanceof UsageError) {
    io.err(`${error.message}\nSee ${help}`);
    return WRONG_USE;
  }
  if (error instanceof OutputEnded) return FAILED;
  io.err(messageOf(error));
  if (error instanceof AppError) for (const [field, text] of Object.entries(error.details ?? {})) io.err(`  ${field}: ${String(text)}`);
  return FAILED;
}
