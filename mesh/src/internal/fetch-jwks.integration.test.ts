import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { within } from '@portico/service-kit/testing-stopwatch';
import { expect, it } from 'vitest';
import { fetchJwks } from './fetch-jwks.ts';

const DEADLINE_MS = 400;
const SLOW_MS = 1_000;

it('an issuer that says its keys byte by byte is waited for no longer than one that says nothing', async () => {
  const server = createServer((_req, res) => {
    res.writeHead(200, { 'content-type': 'application/json' }).write('{');
    const drip = setInterval(() => res.write(' '), DEADLINE_MS / 8);
    res.once('close', () => clearInterval(drip));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
    await within(SLOW_MS, () => expect(fetchJwks(url, DEADLINE_MS)).rejects.toThrow('timeout'));
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
