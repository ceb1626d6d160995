// A connection whose other end is gone without a word (a machine that lost its power, a PostgreSQL that stands still) looks like one that is waited
// on: the system gives it up after a quarter of an hour, and whoever has it of a pool has it for so long.
import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';

/** What came while this process itself stood still is read first. */
const GRACE_MS = 1_000;

/** What pg keeps inside and its types do not show; the exact version of pg is pinned. `readyForQuery`: nothing is under way. */
type Inside = { readonly readyForQuery: boolean | null; readonly connection: { readonly stream: Socket } };

/** `silentMs`: longer than any statement may take. `mayBeSilent`: while a statement takes as long as it takes. */
export type Silence = { readonly silentMs: number; mayBeSilent?(): boolean };

/** `client`: of pg. From its connect on, a connection that owes an answer and says nothing is ended: whoever waits on it is told, and a pool opens another. */
export function endWhenSilent(client: EventEmitter, { silentMs, mayBeSilent = () => false }: Silence): void {
  const inside = client as unknown as Inside;
  client.once('connect', () => {
    const { stream } = inside.connection;
    stream.setTimeout(silentMs, () => {
      if (inside.readyForQuery === true || mayBeSilent()) return;
      const before = stream.bytesRead;
      setTimeout(() => {
        if (inside.readyForQuery === true || stream.bytesRead > before) return;
        stream.destroy(Object.assign(new Error(`PostgreSQL has not answered for ${silentMs} ms.`), { code: 'ETIMEDOUT' }));
      }, GRACE_MS).unref();
    });
  });
}
