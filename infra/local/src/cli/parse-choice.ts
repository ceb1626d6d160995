import { type Given, UsageError } from './command.ts';

/** The option's value, which must be one of a few. */
export function parseChoice<Value extends string>(option: string, allowed: readonly Value[], given: Given): Value {
  const found = allowed.find((value) => value === given.text(option));
  if (found === undefined) throw new UsageError(`--${option} is ${allowed.join(' or ')}, not ${JSON.stringify(given.text(option))}.`);
  return found;
}
