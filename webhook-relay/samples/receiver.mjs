// A receiver to try webhooks with: WEBHOOK_SECRET=… node receiver.mjs
import { createServer } from 'node:http';
import { verifyWebhook } from './verify.mjs';

const { WEBHOOK_SECRET, PORT = 8080 } = process.env;

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const genuine = verifyWebhook(request.headers, body, WEBHOOK_SECRET);
  response.writeHead(genuine ? 204 : 401).end();
  console.log(genuine ? `verified ${body}` : `refused ${request.headers['webhook-id']}`);
});
server.listen(PORT, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
