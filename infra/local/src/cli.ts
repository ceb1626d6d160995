// `npm run portico -- <command>`.
import { buffer } from 'node:stream/consumers';
import type { CommandIo } from './cli/command.ts';
import { runCli } from './cli/run-cli.ts';
import { accountsCreate } from './commands/accounts-create.ts';
import { adminCreate } from './commands/admin-create.ts';
import { auditExport } from './commands/audit-export.ts';
import { clientsCreate } from './commands/clients-create.ts';
import { doctor } from './commands/doctor.ts';
import { keysCreate } from './commands/keys-create.ts';
import { migrate } from './commands/migrate.ts';
import { providersAdd } from './commands/providers-add.ts';
import { providersCheck } from './commands/providers-check.ts';
import { request } from './commands/request.ts';
import { secretsRotate } from './commands/secrets-rotate.ts';
import { seed } from './commands/seed.ts';
import { signingKeysRotate } from './commands/signing-keys-rotate.ts';
import { tokensIssue } from './commands/tokens-issue.ts';

const io: CommandIo = {
  env: process.env,
  out: (text) => void process.stdout.write(`${text}\n`),
  err: (text) => void process.stderr.write(`${text}\n`),
  readInput: () => buffer(process.stdin),
  now: () => new Date(),
};

process.exitCode = await runCli(
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
    secretsRotate,
    seed,
    signingKeysRotate,
    tokensIssue,
  ],
  process.argv.slice(2),
  io,
);
