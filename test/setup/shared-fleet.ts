// Starting a process per subgraph takes seconds of CPU. The scenarios that keep to their own accounts share one set of them, which is started
// when the first of them asks for it.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Fleet } from '../stack/processes/shared-fleet.ts';

type FleetProcess = { readonly child: ChildProcess; readonly fleet: Promise<Fleet> };

export default async function setup(): Promise<() => Promise<void>> {
  if (process.env.TEST_FLEET_URL !== undefined) return async () => {};
  let started: FleetProcess | undefined;
  const server = createServer((_, outgoing) => {
    started ??= startFleet();
    started.fleet.then(
      (fleet) => outgoing.end(JSON.stringify(fleet)),
      (error: unknown) => outgoing.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.env.TEST_FLEET_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return async () => {
    delete process.env.TEST_FLEET_URL;
    server.close();
    server.closeAllConnections();
    if (started !== undefined) await stop(started.child);
  };
}

function startFleet(): FleetProcess {
  const child = fork(new URL('../stack/processes/fleet-process.ts', import.meta.url), { execArgv: [] });
  const fleet = new Promise<Fleet>((resolve, reject) => {
    child.once('message', (message) => resolve(message as Fleet));
    child.once('exit', (code) => reject(new Error(`it ended with ${code}`)));
  });
  return { child, fleet };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
