// Every statement this process sends to PostgreSQL is published here. With nobody listening it costs one property read.
import { channel } from 'node:diagnostics_channel';

export type StatementSent = { readonly text: string; readonly program: string };

export const statementChannel = channel('portico:sql');

/** Calls `listener` with each statement until disposed. */
export function onStatement(listener: (sent: StatementSent) => void): Disposable {
  const subscriber = (message: unknown): void => listener(message as StatementSent);
  statementChannel.subscribe(subscriber);
  return { [Symbol.dispose]: () => statementChannel.unsubscribe(subscriber) };
}
