// Who reads what a command prints may go before it has ended (`… | head -1`), and a disk may be full. A command that nobody hears any more ends, as
// if a statement of its own had failed; what it was to show is lost, so it has failed.

import type { Writable } from 'node:stream';
import { hasCode } from '../read-error.ts';

export type Output = {
  out(text: string): void;
  err(text: string): void;
  /** Something that was to be shown was not. */
  readonly hasFailed: boolean;
};

/** Nobody hears what a command says. */
export class OutputEnded extends Error {
  override readonly name = 'OutputEnded';
}

/** `onFailure`: called when a stream fails, which can be after the last line was given to it. */
export function openOutput({ out, err }: { out: Writable; err: Writable }, onFailure: () => void): Output {
  let failure: Error | undefined;
  // Nothing can be said of it.
  err.on('error', () => {});
  out.on('error', (error: Error) => {
    failure ??= error;
    onFailure();
    if (!hasCode(error, 'EPIPE')) err.write(`The output could not be written: ${error.message}.\n`);
  });
  return {
    out(text) {
      if (failure !== undefined) throw new OutputEnded();
      out.write(`${text}\n`);
    },
    err: (text) => void err.write(`${text}\n`),
    get hasFailed() {
      return failure !== undefined;
    },
  };
}
