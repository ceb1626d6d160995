import { once } from 'node:events';
import { createServer } from 'node:http';
import { request } from 'undici';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { listenOn } from '../../testing/listen-on.ts';
import { openCertificateAgents } from './certificate-agents.ts';

let opened = new AsyncDisposableStack();
afterEach(async () => {
  vi.useRealTimers();
  await opened.disposeAsync();
  opened = new AsyncDisposableStack();
});

const PAIR = { cert: '', key: '' };

describe('the connections of a certificate', () => {
  it('stay open for calls that were given them when another one comes, and are closed when no call can want them', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const server = createServer((_request, response) => void response.end('ok')).on('close', () => {});
    opened.defer(() => void server.close());
    const url = await listenOn(server);
    const agents = opened.use(openCertificateAgents({ drainMs: 1_000 }));
    const old = agents.of('v1', PAIR);
    expect(agents.of('v1', PAIR)).toBe(old);
    const fresh = agents.of('v2', PAIR);
    expect(fresh).not.toBe(old);
    expect((await request(url, { dispatcher: old })).statusCode).toBe(200);
    vi.advanceTimersByTime(1_000);
    await expect(request(url, { dispatcher: old })).rejects.toThrow(/closed|destroyed/);
    expect((await request(url, { dispatcher: fresh })).statusCode).toBe(200);
  });

  it('let a request end that is under way when they are closed', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const server = createServer();
    opened.defer(() => void server.close());
    const url = await listenOn(server);
    const agents = opened.use(openCertificateAgents({ drainMs: 1_000 }));
    const arrived = once(server, 'request');
    const answer = request(url, { dispatcher: agents.of('v1', PAIR) });
    const [, response] = await arrived;
    agents.of('v2', PAIR);
    vi.advanceTimersByTime(1_000);
    response.end('late');
    expect(await (await answer).body.text()).toBe('late');
  });

  it('are taken again when the version before is', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const server = createServer((_request, response) => void response.end('ok'));
    opened.defer(() => void server.close());
    const url = await listenOn(server);
    const agents = opened.use(openCertificateAgents({ drainMs: 1_000 }));
    const old = agents.of('v1', PAIR);
    agents.of('v2', PAIR);
    expect(agents.of('v1', PAIR)).toBe(old);
    vi.advanceTimersByTime(5_000);
    expect((await request(url, { dispatcher: old })).statusCode).toBe(200);
  });
});
