import { natsAddress } from '@portico/service-kit/bus/nats/nats-address';
import { connect } from 'nats';
import type { Check } from './check.ts';

/** Whether a NATS server with JetStream answers there. */
export async function checkNats(url: string, timeoutMs: number): Promise<Check> {
  try {
    const connection = await connect({ ...natsAddress(url), timeout: timeoutMs, reconnect: false });
    try {
      const { version, jetstream } = connection.info ?? {};
      return jetstream === true
        ? { ok: true, detail: `NATS ${version} with JetStream` }
        : { ok: false, problem: `NATS ${version} answers, but its JetStream is off (start it with -js)` };
    } finally {
      await connection.close();
    }
  } catch (error) {
    return { ok: false, problem: `NATS does not answer: ${error instanceof Error ? error.message : String(error)}` };
  }
}
