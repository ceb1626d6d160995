// The provider that is called, as a process of its own: says its port, and ends with who started it.
import { createServer } from 'node:http';

/** Under `/slow/` it takes its time. */
export const SLOW_MS = 300;
const ANSWER = JSON.stringify({ id: 'p_1', amount: 1_250, status: 'paid' });
const HEADERS = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(ANSWER)) };

if (import.meta.main) {
  const server = createServer(({ url }, response) => {
    const answer = (): unknown => response.writeHead(200, HEADERS).end(ANSWER);
    if (url?.startsWith('/slow/')) setTimeout(answer, SLOW_MS);
    else answer();
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    process.send?.(typeof address === 'object' ? address?.port : undefined);
  });
  process.on('disconnect', () => process.exit(0));
}
