import { setTimeout } from 'node:timers/promises';
import type { Listener } from './http-listener.ts';

/**
 * Before a stop: who balances between processes learns late that one of them is not ready any more, and goes on sending. For so long everybody is
 * answered as before, on connections that end with the answer, so that the next one is made to another process.
 */
export async function leaveService(listeners: readonly Pick<Listener, 'announce'>[], delayMs: number): Promise<void> {
  for (const listener of listeners) listener.announce();
  await setTimeout(delayMs);
}
