import { type Command, UsageError } from '../../cli/command.ts';
import { loadLocalConfig } from '../../config.ts';
import { openAdmin } from '../../start/open-admin.ts';

export const auditExport: Command = {
  name: 'audit export',
  about: 'Writes the log of API requests of some days as JSON Lines.',
  options: {
    from: { value: 'day', about: 'First day in UTC, as 2026-11-01' },
    to: { value: 'day', about: 'Last day; the first one without it' },
    account: { value: 'slug', about: 'Only requests of this account' },
  },
  async run(given, io) {
    const from = given.text('from');
    if (from === undefined) throw new UsageError('--from is missing.');
    await using opened = await openAdmin(loadLocalConfig(io.env), io.err);
    const range = { from, to: given.text('to') ?? from, account: given.text('account') };
    for await (const lines of opened.admin.exportRequestLog(range)) io.out(lines.join('\n'));
    return 0;
  },
};
