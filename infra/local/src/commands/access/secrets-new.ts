import { randomBytes } from 'node:crypto';
import type { Command } from '../../cli/command.ts';
import { newSecrets } from '../../kept/secrets.ts';

/** Of the servers beside the programs, and of the sandbox provider. In an address a password stands as it is, so it has no sign that means something there. */
const PASSWORDS = ['POSTGRES_PASSWORD', 'REDIS_PASSWORD', 'NATS_PASSWORD', 'SANDBOX_CLIENT_SECRET', 'SANDBOX_CALLBACK_SECRET'];

export const secretsNew: Command = {
  name: 'secrets new',
  about: 'Prints new secrets for an installation that is given its own, as lines of an environment file. Nothing is kept.',
  options: {},
  async run(_given, io) {
    const { internalSecret, secretKeys, blindIndexKey } = newSecrets();
    const shared = { INTERNAL_SECRET: internalSecret, SECRET_KEYS: secretKeys, BLIND_INDEX_KEY: blindIndexKey };
    const passwords = PASSWORDS.map((name) => [name, randomBytes(24).toString('base64url')] as const);
    for (const [name, value] of [...Object.entries(shared), ...passwords]) io.out(`${name}=${value}`);
    return 0;
  },
};
