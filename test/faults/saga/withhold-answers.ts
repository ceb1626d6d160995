import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Withholding = {
  /** Stands for the provider at this address. */
  readonly url: string;
  /** From here on the provider gets charges, and its answers end here. */
  withholdCharges(): void;
};

/** A provider's test token that is answered by nothing: there is no answer to wait for. */
const SILENT = '"tok_timeout"';

/** Stands between the platform and its provider, in the process that is to die. `onWithheld` is given the idempotency key. */
export async function withholdAnswers(providerUrl: string, onWithheld: (key: string) => void): Promise<Withholding> {
  let withholds = false;
  const server = createServer((incoming, outgoing) => {
    const isCharge = withholds && incoming.method === 'POST' && incoming.url === '/v1/charges';
    const withheld = (): void => {
      if (isCharge) onWithheld(String(incoming.headers['idempotency-key']));
      else outgoing.destroy();
    };
    const { host: _, ...headers } = incoming.headers;
    const forwarded = httpRequest(providerUrl + (incoming.url ?? ''), { method: incoming.method, headers }, (answer) => {
      answer.resume();
      if (isCharge) return withheld();
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on('error', withheld);
    incoming.on('data', (chunk: Buffer) => {
      if (isCharge && chunk.includes(SILENT)) withheld();
    });
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    withholdCharges() {
      withholds = true;
    },
  };
}
