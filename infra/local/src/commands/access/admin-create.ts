import { OPERATOR_ROLES } from '@portico/admin-server/people/person.entity';
import { type Command, UsageError } from '../../cli/command.ts';
import { parseChoice } from '../../cli/parse-choice.ts';
import { showFields } from '../../cli/show-fields.ts';
import { loadLocalConfig } from '../../config.ts';
import { openAdmin } from '../../start/open-admin.ts';

export const adminCreate: Command = {
  name: 'admin create',
  about:
    "Makes an operator, with a one-time password that is shown this once: it opens nothing but the choice of one's own. Somebody who signs in as a developer keeps the password.",
  options: {
    email: { value: 'address', about: 'With which the operator signs in' },
    role: { value: OPERATOR_ROLES.join('|'), about: 'What the operator may do', default: 'admin' },
    'new-password': { about: 'For an operator who is there: another one-time password, in place of one that nobody has used' },
    name: { value: 'text', about: 'How the operator is called; the address by default' },
    json: { about: 'Prints one JSON object' },
  },
  async run(given, io) {
    const email = given.text('email');
    if (email === undefined) throw new UsageError('--email is needed.');
    const role = parseChoice('role', OPERATOR_ROLES, given);
    await using opened = await openAdmin(loadLocalConfig(io.env), io.err);
    const { operators } = opened.admin;
    const made = given.isSet('new-password')
      ? await operators.renewPassword(email)
      : await operators.create({ email, role, name: given.text('name') });
    const { id, operatorRole, password } = made;
    const kept = password === undefined ? { password: '(the one that the person has)' } : {};
    showFields(given, io, { id, email: made.email, role: operatorRole, password: password ?? null }, kept);
    return 0;
  },
};
