import type { Command } from '../../cli/command.ts';
import { loadLocalConfig } from '../../config.ts';
import { openAdmin } from '../../start/open-admin.ts';

export const signingKeysRotate: Command = {
  name: 'signing-keys rotate',
  about: 'Makes a new key for signing tokens; tokens of the old one stay good.',
  options: {
    withdraw: { value: 'id', about: 'Ends this key and every token that it signed, because it leaked' },
    json: { about: 'Prints one JSON object' },
  },
  async run(given, io) {
    await using opened = await openAdmin(loadLocalConfig(io.env), io.err);
    const withdrawn = given.text('withdraw');
    // First, because it may be refused; whoever needs a key before there is a new one makes it.
    if (withdrawn !== undefined) await opened.admin.signingKeys.withdraw(withdrawn);
    const made = await opened.admin.signingKeys.rotate();
    io.out(given.isSet('json') ? JSON.stringify(made) : made.id);
    return 0;
  },
};
