import { type Command, UsageError } from '../../cli/command.ts';
import { loadLocalConfig } from '../../config.ts';
import { openAdmin } from '../../start/open-admin.ts';

export const accountsCreate: Command = {
  name: 'accounts create',
  about: 'Makes an account.',
  options: {
    slug: { value: 'word', about: 'The word by which the command line names it' },
    name: { value: 'text', about: 'How people call it; the slug by default' },
    json: { about: 'Prints one JSON object' },
  },
  async run(given, io) {
    const slug = given.text('slug');
    if (slug === undefined) throw new UsageError('--slug is needed.');
    await using opened = await openAdmin(loadLocalConfig(io.env), io.err);
    const { id, name } = await opened.admin.accounts.create({ slug, name: given.text('name') ?? slug });
    io.out(given.isSet('json') ? JSON.stringify({ id, slug, name }) : `${id}  ${slug}  ${name}`);
    return 0;
  },
};
