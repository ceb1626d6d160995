import { createHash } from 'node:crypto';
import { createServer } from 'node:net';

// Below the range from which systems take the ports of outgoing connections (32768 on Linux), above the well-known ones.
const PORT_FIRST = 15_432;
const PORT_COUNT = 10_000;
const LOOPBACK = '127.0.0.1';

/** The port of last time when it is still free, else one that differs from checkout to checkout. */
export async function choosePort(dataDir: string, lastPort: number | undefined): Promise<number> {
  if (lastPort !== undefined && !(await isPortTaken(lastPort))) return lastPort;
  const start = createHash('sha256').update(dataDir).digest().readUInt32BE(0);
  for (let step = 0; step < PORT_COUNT; step++) {
    const port = PORT_FIRST + ((start + step) % PORT_COUNT);
    if (!(await isPortTaken(port))) return port;
  }
  throw new Error(`All ports from ${PORT_FIRST} to ${PORT_FIRST + PORT_COUNT - 1} are taken.`);
}

/** Whether something listens on this port of the loopback address. */
export function isPortTaken(port: number, host = LOOPBACK): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(true));
    server.listen(port, host, () => server.close(() => resolve(false)));
  });
}
