import type { Command } from '../../cli/command.ts';
import { loadLocalConfig } from '../../config.ts';
import { addSecretKey } from '../../kept/secrets.ts';
import { openAdmin } from '../../start/open-admin.ts';

export const secretsRotate: Command = {
  name: 'secrets rotate',
  about:
    'Adds a key to the ring and moves the secrets of API keys, service tokens and sign-in to it, while everything runs. Other programs move their data when they start next. With SECRET_KEYS the ring is not ours to change: then secrets move to its newest key.',
  options: { json: { about: 'Prints one JSON object' } },
  async run(given, io) {
    const config = loadLocalConfig(io.env);
    // First of all: without a database each try would leave a key that nothing uses.
    await using opened = await openAdmin(config, io.err);
    // Before anything is sealed under it, the key is where running programs look for one they do not know.
    const added = config.SECRET_KEYS === undefined ? addSecretKey(config.dataDir) : undefined;
    const moved = await opened.admin.resealSecrets();
    if (given.isSet('json')) io.out(JSON.stringify({ added: added ?? null, moved }));
    else {
      io.out(added === undefined ? 'The ring is given by SECRET_KEYS; no key was added.' : `Key ${added} was added to the ring.`);
      for (const [table, count] of Object.entries(moved)) io.out(`${table.padEnd(22)}  ${count} moved`);
    }
    return 0;
  },
};
