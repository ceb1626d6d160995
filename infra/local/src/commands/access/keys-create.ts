import type { KeyInput } from '@portico/admin-server/api-keys/key-input';
import { MODES, type Mode } from '@portico/contracts/caller';
import { DEFAULT_TIER, TIER_NAMES } from '@portico/contracts/tiers';
import type { Command, Given } from '../../cli/command.ts';
import { parseChoice } from '../../cli/parse-choice.ts';
import { parseRate } from '../../cli/parse-rate.ts';
import { showFields } from '../../cli/show-fields.ts';
import { loadLocalConfig } from '../../config.ts';
import { DEMO_MODE, DEMO_SLUG, findOrCreateAccount } from '../../kept/demo-account.ts';
import { openAdmin } from '../../start/open-admin.ts';

export const keysCreate: Command = {
  name: 'keys create',
  about: 'Makes an API key and its signing secret. Both are shown this once.',
  options: {
    account: { value: 'slug', about: 'Whose key', default: DEMO_SLUG },
    mode: { value: MODES.join('|'), about: 'live, or the sandbox', default: DEMO_MODE },
    tier: { value: TIER_NAMES.join('|'), about: 'Limits of this plan', default: DEFAULT_TIER },
    scopes: { value: 'list', about: 'What it may do, separated by commas', default: 'read,write' },
    rate: { value: 'count/unit', about: "Quota instead of the plan's: 100000/h" },
    burst: { value: 'count/unit', about: "Burst instead of the plan's: 50000/min" },
    name: { value: 'text', about: 'How it is called in lists', default: 'Command line' },
    json: { about: 'Prints one JSON object' },
  },
  async run(given, io) {
    const input = keyInput(given);
    const account = given.text('account') ?? DEMO_SLUG;
    await using opened = await openAdmin(loadLocalConfig(io.env), io.err);
    const { id: accountId } = await findOrCreateAccount(opened.admin, account);
    const { id, key, secret, expiresAt } = await opened.admin.apiKeys.create(accountId, input);
    const made = { id, accountId, mode: input.mode, key, secret, expiresAt: expiresAt.toISOString() };
    showFields(given, io, made);
    return 0;
  },
};

function keyInput(given: Given): KeyInput & { mode: Mode } {
  const [rate, burst] = [given.text('rate'), given.text('burst')];
  return {
    name: given.text('name') ?? '',
    mode: parseChoice('mode', MODES, given),
    tier: parseChoice('tier', TIER_NAMES, given),
    scopes: (given.text('scopes') ?? '').split(',').map((scope) => scope.trim()),
    quota: rate === undefined ? undefined : parseRate(rate),
    burst: burst === undefined ? undefined : parseRate(burst),
  };
}
