import { MODES } from '@portico/contracts/caller';
import { GRAPH_SCOPES } from '@portico/contracts/scopes';
import type { Command } from '../../cli/command.ts';
import { parseChoice } from '../../cli/parse-choice.ts';
import { loadLocalConfig } from '../../config.ts';
import { DEMO_MODE, DEMO_SLUG } from '../../kept/demo-account.ts';
import { openAdmin } from '../../start/open-admin.ts';

export const tokensIssue: Command = {
  name: 'tokens issue',
  about: 'Issues a service token, good for an hour, with which an internal team queries /graphql.',
  options: {
    account: { value: 'slug', about: 'Whose data', default: DEMO_SLUG },
    mode: { value: MODES.join('|'), about: 'live, or the sandbox', default: DEMO_MODE },
    subject: { value: 'name', about: 'Who it is for', default: 'service:command-line' },
    write: { about: 'Lets it change data too' },
    json: { about: 'Prints one JSON object' },
  },
  async run(given, io) {
    await using opened = await openAdmin(loadLocalConfig(io.env), io.err);
    const { token, expiresAt } = await opened.admin.serviceTokens.issue({
      account: given.text('account') ?? DEMO_SLUG,
      mode: parseChoice('mode', MODES, given),
      subject: given.text('subject') ?? '',
      permissions: given.isSet('write') ? [...GRAPH_SCOPES] : ['graph:read'],
    });
    io.out(given.isSet('json') ? JSON.stringify({ token, expiresAt: expiresAt.toISOString() }) : token);
    return 0;
  },
};
