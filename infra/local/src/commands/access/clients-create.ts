import { MODES } from '@portico/contracts/caller';
import { DEFAULT_TIER, TIER_NAMES } from '@portico/contracts/tiers';
import type { Command } from '../../cli/command.ts';
import { parseChoice } from '../../cli/parse-choice.ts';
import { showFields } from '../../cli/show-fields.ts';
import { loadLocalConfig } from '../../config.ts';
import { DEMO_MODE, DEMO_SLUG, findOrCreateAccount } from '../../kept/demo-account.ts';
import { openAdmin } from '../../start/open-admin.ts';

export const clientsCreate: Command = {
  name: 'clients create',
  about: 'Makes an OAuth client. Its secret is shown this once.',
  options: {
    account: { value: 'slug', about: 'Whose client', default: DEMO_SLUG },
    mode: { value: MODES.join('|'), about: 'live, or the sandbox', default: DEMO_MODE },
    tier: { value: TIER_NAMES.join('|'), about: 'Limits of this plan', default: DEFAULT_TIER },
    scopes: { value: 'list', about: 'What it may do, separated by commas', default: 'read,write' },
    name: { value: 'text', about: 'How it is called in lists', default: 'Command line' },
    json: { about: 'Prints one JSON object' },
  },
  async run(given, io) {
    const input = {
      name: given.text('name') ?? '',
      mode: parseChoice('mode', MODES, given),
      tier: parseChoice('tier', TIER_NAMES, given),
      scopes: (given.text('scopes') ?? '').split(',').map((scope) => scope.trim()),
    };
    await using opened = await openAdmin(loadLocalConfig(io.env), io.err);
    const { id: accountId } = await findOrCreateAccount(opened.admin, given.text('account') ?? DEMO_SLUG);
    const made = { accountId, mode: input.mode, ...(await opened.admin.oauthClients.create(accountId, input)) };
    showFields(given, io, made);
    return 0;
  },
};
