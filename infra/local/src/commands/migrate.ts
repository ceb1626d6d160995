import type { Command } from '../cli/command.ts';
import { loadLocalConfig } from '../config.ts';
import { migrateAll } from '../start/migrate-all.ts';
import { openAdmin } from '../start/open-admin.ts';

export const migrate: Command = {
  name: 'migrate',
  about: 'Brings the schemas of all programs up to date. Every start does so too; this is for deployments that migrate first.',
  options: {},
  async run(_given, io) {
    const config = loadLocalConfig(io.env);
    await using opened = await openAdmin(config, io.err);
    await migrateAll(config, opened.database.databaseUrl, opened.secrets);
    io.out('All schemas are up to date.');
    return 0;
  },
};
