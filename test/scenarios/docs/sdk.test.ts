// The SDK as it is published: compiled, without types, run by Node as it is.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type * as Sdk from '@portico/sdk';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, startStack } from '../../stack/start-stack.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const run = promisify(execFile);

describe('the SDK', () => {
  const folder = mkdtempSync(join(tmpdir(), 'portico-sdk-'));
  const index = pathToFileURL(join(folder, 'index.js')).href;
  let stack: Stack;
  let sdk: typeof Sdk;
  beforeAll(async () => {
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    await run(process.execPath, [compiler, '-p', join(root, 'mesh/sdk/tsconfig.build.json'), '--outDir', folder]);
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    sdk = (await import(/* @vite-ignore */ index)) as typeof Sdk;
    stack = await startStack({ topology: 'all-in-one', shared: true });
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await stack?.[Symbol.asyncDispose]();
  });

  it('does what its README shows', async () => {
    const { key, secret } = await stack.key();
    const [, program = '', printed = ''] =
      /```js\n(import { env }[\s\S]*?)```[\s\S]*?```text\n([\s\S]*?)```/.exec(readFileSync(join(root, 'mesh/sdk/README.md'), 'utf8')) ?? [];
    const file = join(folder, 'example.mjs');
    writeFileSync(file, program.replace("'@portico/sdk'", `'${index}'`));
    const { stdout } = await run(process.execPath, [file], { env: { PORTICO_URL: stack.url, PORTICO_KEY: key, PORTICO_SECRET: secret } });
    expect(stdout.replaceAll(/order_\w+/g, 'order_…')).toBe(printed);
  });

  it('walks a list to its end, with a token too', async () => {
    const account = 'sdk-shop';
    const { key, secret } = await stack.key({ account });
    const portico = sdk.createPortico({ baseUrl: stack.url, key, secret });
    for (let i = 0; i < 5; i += 1) await portico.createCustomer({ body: { email: `c${i}@example.com`, name: `C ${i}` } });
    const { clientId, clientSecret } = await stack.client({ account });
    const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret });
    const granted = (await (await fetch(`${stack.url}/api/oauth/token`, { method: 'POST', body: form })).json()) as {
      access_token: string;
    };
    const withToken = sdk.createPortico({ baseUrl: stack.url, token: () => granted.access_token });
    const names: (string | null | undefined)[] = [];
    for await (const { name } of withToken.each('listCustomers', { limit: 2, sort: 'createdAt', order: 'asc', fields: 'name' }))
      names.push(name);
    expect(names).toEqual(['C 0', 'C 1', 'C 2', 'C 3', 'C 4']);
  });

  it('changes what was read and nothing newer', async () => {
    const { key, secret } = await stack.key();
    const portico = sdk.createPortico({ baseUrl: stack.url, key, secret });
    const { data } = await portico.createCustomer({ body: { email: 'c@example.com', name: 'Before' } });
    const stale = portico.updateCustomer({ customerId: data.id, body: { name: 'After' } }, { ifMatch: '"99-0123456789abcdefghijkl"' });
    await expect(stale).rejects.toMatchObject({ name: 'PorticoError', status: 412, code: 'PRECONDITION_FAILED' });
    expect(await portico.eraseCustomer({ customerId: data.id })).toBeUndefined();
  });

  it('verifies webhooks that the official library signs, and no others', async () => {
    const secret = `whsec_${Buffer.from('0123456789abcdefghijklmn').toString('base64')}`;
    const [id, at, body] = ['evt_1', new Date(), '{"event":"order.created"}'];
    const signature = new Webhook(secret).sign(id, at, body);
    const signedAt = (time: Date) => ({
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(time.getTime() / 1_000)),
      'webhook-signature': signature,
    });
    const headers = signedAt(at);
    expect(await sdk.verifyWebhook({ headers, body, secret })).toEqual({ event: 'order.created' });
    expect(await sdk.verifyWebhook({ headers: new Headers(headers), body: Buffer.from(body), secret })).toEqual({ event: 'order.created' });
    const other = { ...headers, 'webhook-signature': `v1,AA== ${signature}` };
    expect(await sdk.verifyWebhook({ headers: other, body, secret })).toEqual({ event: 'order.created' });
    const old = new Date(at.getTime() - 301_000);
    const forged: Parameters<typeof Sdk.verifyWebhook>[0][] = [
      { headers, body: `${body} `, secret },
      { headers, body, secret: `${secret.slice(0, -4)}AAAA` },
      { headers: { ...headers, 'webhook-id': 'evt_2' }, body, secret },
      { headers: { ...signedAt(old), 'webhook-signature': new Webhook(secret).sign(id, old, body) }, body, secret },
      { headers: { ...headers, 'webhook-timestamp': 'now' }, body, secret },
      { headers: { ...headers, 'webhook-signature': 'v1,%%% v1 , v2,AA==' }, body, secret },
      { headers: {}, body, secret },
    ];
    for (const given of forged) await expect(sdk.verifyWebhook(given)).rejects.toThrow(sdk.WebhookSignatureError);
  });
});
