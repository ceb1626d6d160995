import type { Logger } from '@portico/service-kit/logger';
import { resealTask } from '@portico/service-kit/sealing/reseal-task';
import { signingSecret } from '../api-keys/api-key.entity.ts';
import type { AdminContext } from '../context.ts';
import { sealedPrivateKey } from '../service-tokens/signing-key.entity.ts';
import { sealedSecret } from './sealed-secret.entity.ts';

/** Every sealed column of the schema. */
const TASKS = {
  'access.api_key': resealTask('access.api_key', { secret_sealed: signingSecret }),
  'access.signing_key': resealTask('access.signing_key', { private_key_sealed: sealedPrivateKey }),
  'access.sealed_secret': resealTask('access.sealed_secret', { value_sealed: sealedSecret }),
};

/** Moves what older keys of the ring sealed to its newest one, in batches, beside normal work. Answers how many rows of each table moved. */
export async function resealSecrets(
  { database, keyRing }: AdminContext,
  logger: Logger,
): Promise<Readonly<Record<keyof typeof TASKS, number>>> {
  const program = { database, keyRing, logger };
  return {
    'access.api_key': await TASKS['access.api_key'].runOnce(program),
    'access.signing_key': await TASKS['access.signing_key'].runOnce(program),
    'access.sealed_secret': await TASKS['access.sealed_secret'].runOnce(program),
  };
}
