// For tests: the processes of this machine, as Linux shows them.
import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';

type Process = { readonly pid: number; readonly name: string; readonly group: number; readonly folder: string };

/** Whether `processes` can tell here. */
export const SHOWS_PROCESSES = existsSync('/proc/self/stat');

export function processes(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const [head = '', tail = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
        return [
          {
            pid: Number(pid),
            name: head.slice(head.indexOf('(') + 1),
            group: Number(tail.split(' ')[2]),
            folder: readlinkSync(`/proc/${pid}/cwd`),
          },
        ];
      } catch {
        // It ended meanwhile.
        return [];
      }
    });
}

/** Kills the server that works in the folder, and answers what of its group was left to watch over it: shells, once the guard has ended. */
export function killServer(command: string, folder: string): () => string[] {
  const server = processes().find((one) => one.name === command && one.folder === realpathSync(folder));
  if (server === undefined) throw new Error(`There is no ${command} of ${folder}.`);
  process.kill(server.pid, 'SIGKILL');
  return () => processes().flatMap(({ group, name }) => (group === server.group && /^(sh|dash|bash)$/.test(name) ? [name] : []));
}
