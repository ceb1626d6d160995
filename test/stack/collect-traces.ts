import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as OTLP over HTTP has it, in JSON. */
export type SentSpan = {
  service: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  attributes: { key: string; value: Record<string, unknown> }[];
};

/** A collector on a free port: keeps what programs send to it. */
export async function collectTraces(): Promise<AsyncDisposable & { readonly endpoint: string; text(): string; spans(): SentSpan[] }> {
  const bodies: string[] = [];
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk);
    if (req.method === 'POST' && req.url === '/v1/traces') bodies.push(Buffer.concat(chunks).toString());
    res.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    text: () => bodies.join('\n'),
    spans: () => bodies.flatMap((body) => (JSON.parse(body) as Body).resourceSpans.flatMap(spansOf)),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type ResourceSpans = { resource: { attributes: SentSpan['attributes'] }; scopeSpans: { spans: Omit<SentSpan, 'service'>[] }[] };
type Body = { resourceSpans: ResourceSpans[] };

function spansOf({ resource, scopeSpans }: ResourceSpans): SentSpan[] {
  const service = String(resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue);
  return scopeSpans.flatMap(({ spans }) => spans.map((span) => ({ ...span, service })));
}
