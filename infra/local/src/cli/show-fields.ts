import type { CommandIo, Given } from './command.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What was made: with `--json` as one object, else a line for each field. `inWords`: fields that read otherwise in lines. */
export function showFields(given: Given, io: CommandIo, fields: Fields, inWords: Fields = {}): void {
  if (given.isSet('json')) {
    io.out(JSON.stringify(fields));
    return;
  }
  const width = Math.max(...Object.keys(fields).map((name) => name.length));
  for (const [name, value] of Object.entries({ ...fields, ...inWords })) io.out(`${name.padEnd(width)}  ${value}`);
}
