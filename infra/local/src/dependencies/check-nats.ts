import { natsAddress } from '@portico/service-kit/bus/nats/nats-address';
import { connect } from 'nats';
import { messageOf } from '../read-error.ts';
import type { Check } from './check.ts';

/** Whether a NATS server answers there whose JetStream this user may use. */
export async function checkNats(url: string, timeoutMs: number): Promise<Check> {
  try {
    const connection = await connect({ ...natsAddress(url), timeout: timeoutMs, reconnect: false });
    try {
      const { version, jetstream } = connection.info ?? {};
      if (jetstream !== true) return { ok: false, problem: `NATS ${version} answers, but its JetStream is off (start it with -js)` };
      // The server has it; whether this account has it, and whether it stands, only asking tells.
      const manager = await connection.jetstreamManager({ checkAPI: false, timeout: timeoutMs });
      return await manager.getAccountInfo().then(
        (): Check => ({ ok: true, detail: `NATS ${version} with JetStream` }),
        (error: Error): Check => ({ ok: false, problem: `NATS ${version} answers, but its JetStream does not: ${error.message}` }),
      );
    } finally {
      await connection.close();
    }
  } catch (error) {
    return { ok: false, problem: `NATS does not answer: ${messageOf(error)}` };
  }
}
