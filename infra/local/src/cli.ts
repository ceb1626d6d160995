// `npm run portico -- <command>`.
import { buffer } from 'node:stream/consumers';
import type { CommandIo } from './cli/command.ts';
import { openOutput } from './cli/open-output.ts';
import { FAILED, runCli } from './cli/run-cli.ts';
import { accountsCreate } from './commands/access/accounts-create.ts';
import { adminCreate } from './commands/access/admin-create.ts';
import { auditExport } from './commands/access/audit-export.ts';
import { clientsCreate } from './commands/access/clients-create.ts';
import { keysCreate } from './commands/access/keys-create.ts';
import { secretsNew } from './commands/access/secrets-new.ts';
import { secretsRotate } from './commands/access/secrets-rotate.ts';
import { signingKeysRotate } from './commands/access/signing-keys-rotate.ts';
import { tokensIssue } from './commands/access/tokens-issue.ts';
import { doctor } from './commands/doctor.ts';
import { migrate } from './commands/migrate.ts';
import { providersAdd } from './commands/providers/providers-add.ts';
import { providersCheck } from './commands/providers/providers-check.ts';
import { request } from './commands/request/request.ts';
import { seed } from './commands/seed.ts';

const output = openOutput({ out: process.stdout, err: process.stderr }, () => {
  process.exitCode = FAILED;
});
const io: CommandIo = {
  env: process.env,
  out: output.out,
  err: output.err,
  readInput: () => buffer(process.stdin),
  now: () => new Date(),
};

const code = await runCli(
  [
    accountsCreate,
    adminCreate,
    auditExport,
    clientsCreate,
    doctor,
    keysCreate,
    migrate,
    providersAdd,
    providersCheck,
    request,
    secretsNew,
    secretsRotate,
    seed,
    signingKeysRotate,
    tokensIssue,
  ],
  process.argv.slice(2),
  io,
);
process.exitCode = output.hasFailed ? FAILED : code;
