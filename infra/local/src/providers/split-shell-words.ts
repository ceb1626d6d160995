import { UnreadableSource } from './described-provider.ts';

/** Words of a command as a shell splits them: quotes, backslashes, continued lines. Nothing is expanded or run. Throws UnreadableSource. */
export function splitShellWords(command: string): string[] {
  const text = command.replace(/\\\r?\n/g, ' ').trim();
  const words: string[] = [];
  const part = /\s*((?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\])+)\s*/gy;
  while (part.lastIndex < text.length) {
    const at = part.lastIndex;
    const word = part.exec(text)?.[1];
    if (word === undefined) throw new UnreadableSource(`The command cannot be read from here: ${text.slice(at, at + 40)}`);
    words.push(word.replace(/'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)/g, unquoted));
  }
  return words;
}

function unquoted(_all: string, single: string | undefined, double: string | undefined, escaped: string | undefined): string {
  return single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? '';
}
