// Where the binaries and the data may live. PostgreSQL refuses to run as root, so root lends it an unprivileged account;
// that account must be able to walk to both, which it cannot when the checkout lies in a private folder such as /root.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Account, canReach, findAccount } from './account.ts';
import type { Binaries } from './find-binaries.ts';
import { prepareBinaries } from './prepare-binaries.ts';
import { createSharedFolder } from './shared-folder.ts';

export type Place = {
  /** Folder with bin/, lib/ and share/. */
  binaries: string;
  /** The data directory of PostgreSQL. */
  cluster: string;
  /** What the server writes to its standard streams. */
  logFile: string;
  /** Whom the server runs as; undefined for whoever runs this. */
  account: Account | undefined;
};

export function choosePlace(options: { dataDir: string; binaries: Binaries; log: (message: string) => void }): Place {
  const { dataDir, binaries, log } = options;
  const logFile = join(dataDir, 'postgres.log');
  if (process.getuid?.() !== 0) {
    const native = prepareBinaries(binaries, { usableInPlace: true, copyTo: () => join(dataDir, 'postgres-binaries'), log });
    return { binaries: native, cluster: join(dataDir, 'postgres'), logFile, account: undefined };
  }
  const account = findAccount(readFileSync('/etc/passwd', 'utf8'));
  const shared = createSharedFolder(account);
  const native = prepareBinaries(binaries, { usableInPlace: canReach(binaries.root, account), copyTo: shared.forBinaries, log });
  if (canReach(dataDir, account)) return { binaries: native, cluster: join(dataDir, 'postgres'), logFile, account };
  const folder = shared.forCluster(dataDir);
  log(`PostgreSQL's account cannot enter ${dataDir}; its data is in ${folder}`);
  return { binaries: native, cluster: join(folder, 'postgres'), logFile, account };
}
