// The floor: so many POSTs at a time, one HMAC each, and nothing else. Prints how many a second.
import { createHmac } from 'node:crypto';
import { Agent, request } from 'undici';

const { URLS = '[]', SECONDS = '3', AT_ONCE = '256', BODY = '{}' } = process.env;
const urls = JSON.parse(URLS) as string[];
const agent = new Agent({ connections: Math.ceil(Number(AT_ONCE) / urls.length), pipelining: 1 });
const warmUntil = performance.now() + 1_000;
const until = warmUntil + Number(SECONDS) * 1_000;
let posts = 0;

await Promise.all(
  Array.from({ length: Number(AT_ONCE) }, async (_, i) => {
    const url = urls[i % urls.length] ?? '';
    for (;;) {
      const startedAt = performance.now();
      if (startedAt > until) return;
      const signature = createHmac('sha256', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw').update(BODY).digest('hex');
      const headers = { 'content-type': 'application/json', 'x-webhook-signature': `sha256=${signature}` };
      const response = await request(url, { method: 'POST', headers, body: BODY, dispatcher: agent });
      await response.body.dump();
      if (startedAt > warmUntil) posts += 1;
    }
  }),
);
await agent.close();
process.stdout.write(String(posts / Number(SECONDS)));
