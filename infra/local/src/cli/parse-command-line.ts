import { parseArgs } from 'node:util';
import { closest } from 'fastest-levenshtein';
import { type Command, type Given, UsageError } from './command.ts';

/** Parses what follows a command's name. UsageError for an unknown option (with the nearest one), one given twice, a missing value or a missing word. */
export function parseCommandLine(command: Command, args: readonly string[]): Given {
  const options = Object.fromEntries(
    Object.entries(command.options).map(([name, spec]) => [
      name,
      spec.value === undefined
        ? { type: 'boolean' as const }
        : spec.repeated === true
          ? { type: 'string' as const, multiple: true }
          : { type: 'string' as const },
    ]),
  );
  refuseUnknownOrTwice(command, args, options);
  const { values, positionals } = parseStrictly({ args: [...args], options, allowPositionals: true });
  const words = command.words ?? [];
  const [missing] = words.slice(positionals.length);
  if (missing !== undefined) throw new UsageError(`<${missing}> is missing.`);
  if (positionals.length > words.length) throw new UsageError(`${JSON.stringify(positionals[words.length])} is one word too many.`);
  const texts = (option: string): string[] =>
    [values[option] ?? command.options[option]?.default].flat().filter((value) => typeof value === 'string');
  return {
    word: (index) => positionals[index] ?? '',
    text: (option) => texts(option)[0],
    texts,
    isSet: (option) => values[option] === true,
  };
}

type Options = Record<string, { type: 'string' | 'boolean'; multiple?: boolean }>;

function refuseUnknownOrTwice(command: Command, args: readonly string[], options: Options): void {
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  const seen = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    if (Object.hasOwn(options, token.name)) {
      // Of two leaked keys to withdraw, one would stay good without a word.
      if (seen.has(token.name) && options[token.name]?.multiple !== true) throw new UsageError(`${token.rawName} is given twice.`);
      seen.add(token.name);
      continue;
    }
    const known = Object.keys(options);
    const hint = known.length === 0 ? '' : ` Did you mean --${closest(token.name, known)}?`;
    throw new UsageError(`${command.name} has no option ${token.rawName}.${hint}`);
  }
}

function parseStrictly(config: { args: string[]; options: Options; allowPositionals: true }) {
  try {
    return parseArgs({ ...config, strict: true });
  } catch (error) {
    // Node's messages name the option and what is wrong with it; what follows the first sentence is about other option styles.
    throw new UsageError(error instanceof Error ? `${error.message.split(/[.\n]/)[0]}.` : String(error));
  }
}
