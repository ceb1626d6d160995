import { closeSync, constants, openSync } from 'node:fs';
import { join } from 'node:path';

/** A named pipe inside the data directory. The guard reads it; whoever uses the server keeps it open for writing. */
export function holdPipe(cluster: string): string {
  return join(cluster, 'portico.hold');
}

/**
 * Keeps the server running until the disposal, or until this process dies, however it dies: the system closes the pipe.
 * Undefined when no guard reads it, because the server is stopping.
 */
export function takeHold(cluster: string): Disposable | undefined {
  let pipe: number;
  try {
    pipe = openSync(holdPipe(cluster), constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
  return { [Symbol.dispose]: () => closeSync(pipe) };
}
