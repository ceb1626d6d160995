import { existsSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** An unprivileged account of this machine. */
export type Account = { uid: number; gid: number };

const NAMES = ['postgres', 'nobody'];
const MODE_EXECUTE = 0o1;

/** The account that root lends to PostgreSQL, from the text of /etc/passwd: small images have no `id` command to ask. */
export function findAccount(passwd: string): Account {
  const entries = new Map(passwd.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.split(':')]));
  for (const name of NAMES) {
    const [, , uid, gid] = entries.get(name) ?? [];
    if (Number(uid) > 0) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error(
    `PostgreSQL does not run as root, and this machine has no account ${NAMES.join(' or ')} to lend it. Set DATABASE_URL, or start as another user.`,
  );
}

/** Whether the account may walk down to an existing folder and into it. */
export function canReach(folder: string, account: Account): boolean {
  const parent = dirname(folder);
  if (!existsSync(folder) || !mayEnter(statSync(folder), account)) return false;
  return parent === folder || canReach(parent, account);
}

function mayEnter({ mode, uid, gid }: Stats, account: Account): boolean {
  const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0;
  return (mode & (MODE_EXECUTE << shift)) !== 0;
}
