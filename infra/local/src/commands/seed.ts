import { MODES } from '@portico/contracts/caller';
import type { Command } from '../cli/command.ts';
import { parseChoice } from '../cli/parse-choice.ts';
import { parseCount } from '../cli/parse-count.ts';
import { loadLocalConfig } from '../config.ts';
import { DEMO_MODE, DEMO_SLUG, findOrCreateAccount } from '../kept/demo-account.ts';
import { DEMO_ORDERS, seedDemo } from '../seed/seed-demo.ts';
import { migrateAll } from '../start/migrate-all.ts';
import { openAdmin } from '../start/open-admin.ts';

const ORDERS_MAX = 10_000_000;

export const seed: Command = {
  name: 'seed',
  about: 'Fills an account with demo data, up to the number of orders asked for. What is there already counts and stays.',
  options: {
    account: { value: 'slug', about: 'Whose data', default: DEMO_SLUG },
    mode: { value: MODES.join('|'), about: 'live, or the sandbox', default: DEMO_MODE },
    orders: { value: 'count', about: 'How many orders there shall be', default: String(DEMO_ORDERS) },
    json: { about: 'Prints one JSON object' },
  },
  async run(given, io) {
    const orders = parseCount('orders', given.text('orders') ?? '', ORDERS_MAX);
    const mode = parseChoice('mode', MODES, given);
    const config = loadLocalConfig(io.env);
    await using opened = await openAdmin(config, io.err);
    const { databaseUrl } = opened.database;
    await migrateAll(config, databaseUrl, opened.secrets);
    const { id: accountId } = await findOrCreateAccount(opened.admin, given.text('account') ?? DEMO_SLUG);
    const { secretKeys, blindIndexKey } = opened.secrets;
    const added = await seedDemo({ databaseUrl, tenant: { accountId, mode }, secretKeys, blindIndexKey, orders, now: io.now() });
    if (given.isSet('json')) io.out(JSON.stringify({ accountId, mode, added }));
    else
      io.out(
        `Added to ${mode} data: ${Object.entries(added)
          .map(([what, count]) => `${count} ${what}`)
          .join(', ')}.`,
      );
    return 0;
  },
};
