import { useListeners } from '@portico/service-kit/http/testing-listener';
import { createLogger } from '@portico/service-kit/logger';
import { createClientAddress } from '@portico/service-kit/network/client-address';
import { expect, it } from 'vitest';
import { v1 } from '../contracts/v1/version.ts';
import { readIncoming } from '../rest/incoming-request.ts';
import { sendAnswer } from '../rest/send-answer.ts';
import { answerErrors, createToAnswer } from './answer-errors.ts';
import { BODY_BYTES_MAX, readBody } from './read-body.ts';

const PART_BYTES = 65_536;
const TRIES = 10;
const { start, open } = useListeners();
const toAnswer = createToAnswer({ docsUrl: '/docs', logger: createLogger({ program: 'test', level: 'silent' }), now: () => new Date(0) });
const refuse = answerErrors(toAnswer);
const clientAddress = createClientAddress([]);

/** A gateway of which nothing is left but the reading of bodies. `ended`: told of each answer, and of what went wrong with it. */
const gateway = (ended: (status: number, error?: unknown) => void = () => {}) =>
  start({
    handler: (req, res) => {
      const request = readIncoming(req, { nowMs: 0, clientAddress, contractAt: () => v1 });
      refuse(request, (passed) => readBody(passed, async ({ body }) => ({ status: 200, headers: {}, body: String(body.length) })))
        .then((answer) => {
          sendAnswer(request, res, answer, new WeakSet());
          ended(answer.status);
        })
        .catch((error: unknown) => ended(0, error));
    },
  });

/** Sends a body of so many bytes as a simple client does: reads nothing before it has written everything. */
async function post(url: string, bytes: number, isChunked: boolean): Promise<string> {
  const socket = await open(url);
  const answer = new Promise<string>((resolve, reject) => {
    let read = '';
    socket.on('data', (chunk) => {
      read += chunk;
      if (read.endsWith('}')) resolve(read);
    });
    socket.on('error', reject).on('close', () => reject(new Error(`The connection was closed after ${JSON.stringify(read)}.`)));
  });
  socket.pause();
  const write = (part: string | Buffer): Promise<void> => new Promise((resolve) => socket.write(part, () => resolve()));
  const coding = isChunked ? 'transfer-encoding: chunked' : `content-length: ${bytes}`;
  const sent = (async () => {
    await write(`POST / HTTP/1.1\r\nhost: x\r\n${coding}\r\n\r\n`);
    for (let left = bytes; left > 0 && !socket.destroyed; left -= PART_BYTES) {
      if (isChunked) await write(`${PART_BYTES.toString(16)}\r\n`);
      await write(Buffer.alloc(PART_BYTES));
      if (isChunked) await write('\r\n');
    }
    if (isChunked) await write('0\r\n\r\n');
    socket.resume();
  })();
  await Promise.race([answer, sent]);
  return answer;
}

it.each([
  ['a little too large, of unknown length,', BODY_BYTES_MAX + PART_BYTES, true],
  ['a little too large', BODY_BYTES_MAX + PART_BYTES, false],
  ['far too large, of unknown length,', 16 * BODY_BYTES_MAX, true],
  ['far too large', 16 * BODY_BYTES_MAX, false],
])('a body that is %s is refused, and whoever sends it learns why', async (_, bytes, isChunked) => {
  const { url } = await gateway();
  for (let i = 0; i < TRIES; i += 1) expect(await post(url, bytes, isChunked)).toMatch(/^HTTP\/1\.1 413 .*"PAYLOAD_TOO_LARGE"/s);
});

it.each(['content-length: 10', 'transfer-encoding: chunked'])(
  'a body of which the sender goes away half-way (%s) is an answer to nobody',
  async (coding) => {
    const answers: unknown[][] = [];
    const { url } = await gateway((...ended) => answers.push(ended));
    const socket = await open(url);
    socket.write(`POST / HTTP/1.1\r\nhost: x\r\n${coding}\r\n\r\n5\r\n`, () => socket.destroy());
    await expect.poll(() => answers).toEqual([[400]]);
  },
);
