// A server that another has taken over from goes on answering, and takes no writes. Whoever stays connected to it never learns that there is another: a
// pool keeps what works for its reads for ever.
import type { EventEmitter } from 'node:events';
import { READ_ONLY } from '../database/database-errors.ts';

/** No transaction is open. */
const IDLE = 'I';

/** What pg keeps inside and its types do not show; the exact version of pg is pinned. */
type Inside = { readonly connection: EventEmitter; end(): Promise<void> };

/** `client`: of pg. A connection on which a write was refused is ended with its transaction; who writes next gets another, of whichever server takes writes by then. */
export function endWhenReadOnly(client: EventEmitter): void {
  const inside = client as unknown as Inside;
  let isReadOnly = false;
  inside.connection.on('errorMessage', ({ code }: { code?: string }) => {
    isReadOnly ||= code === READ_ONLY;
  });
  inside.connection.on('readyForQuery', ({ status }: { status: string }) => {
    // Before whoever has it can give it back to the pool.
    if (isReadOnly && status === IDLE) inside.end().catch(() => {});
  });
}
