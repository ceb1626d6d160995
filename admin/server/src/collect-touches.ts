import { startTask } from '@portico/service-kit/background-task';
import type { Logger } from '@portico/service-kit/logger';
import type { AdminContext } from './context.ts';

const TOUCH_FLUSH_MS = 30_000;

export type Touches = AsyncDisposable & { touch(id: string, atMs: number): void };

/** Gathers when credentials of a table were used and writes it in batches: a request costs a Map entry. */
export function collectTouches({ database }: AdminContext, table: 'api_key' | 'oauth_client', logger: Logger): Touches {
  let touched = new Map<string, number>();
  async function flush(): Promise<void> {
    if (touched.size === 0) return;
    const batch = touched;
    touched = new Map();
    await write(batch).catch((error: unknown) => {
      // The next flush writes it too, unless a credential was used again since.
      touched = new Map([...batch, ...touched]);
      throw error;
    });
  }
  async function write(batch: ReadonlyMap<string, number>): Promise<void> {
    await database.run(
      `update access.${table} k set last_used_at = greatest(k.last_used_at, u.used_at)
       from unnest($1::text[], $2::timestamptz[]) as u (id, used_at) where k.id = u.id`,
      [[...batch.keys()], [...batch.values()].map((at) => new Date(at))],
    );
  }
  const loop = startTask({ operation: `last use of credentials, ${table}`, idleMs: TOUCH_FLUSH_MS, work: flush, logger });
  return {
    touch: (id, atMs) => void touched.set(id, atMs),
    async [Symbol.asyncDispose]() {
      await loop[Symbol.asyncDispose]();
      await flush().catch(() => {});
    },
  };
}
