// What a command is: declared options, from which parsing, help and the refusal of unknown ones are derived.

export type OptionSpec = {
  /** Shown in the help where a value is expected; absent for a switch. */
  value?: string;
  about: string;
  default?: string;
  /** May be given several times. */
  repeated?: boolean;
};

export type Command = {
  /** One word or two: `seed`, `keys create`. */
  name: string;
  about: string;
  /** Words after the name, in order; all are needed. */
  words?: readonly string[];
  options: Readonly<Record<string, OptionSpec>>;
  /** Answers the exit code. */
  run(given: Given, io: CommandIo): Promise<number>;
};

/** What was given on the command line. */
export type Given = {
  word(index: number): string;
  /** The option's value or its default. */
  text(option: string): string | undefined;
  texts(option: string): readonly string[];
  isSet(option: string): boolean;
};

export type CommandIo = {
  readonly env: Readonly<Record<string, string | undefined>>;
  out(text: string): void;
  err(text: string): void;
  readInput(): Promise<Buffer>;
  now(): Date;
};

/** The command line itself is wrong. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
