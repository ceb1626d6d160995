import { join } from 'node:path';
import { checkNats } from '../dependencies/check-nats.ts';
import type { ServerKind } from './start-child-server.ts';

/** NATS with JetStream, its store in the data folder. */
export const natsServer: ServerKind = {
  name: 'nats',
  command: 'nats-server',
  configuration: ({ port, password, folder }) =>
    [
      `listen: "127.0.0.1:${port}"`,
      `authorization { token: "${password}" }`,
      `jetstream { store_dir: ${JSON.stringify(join(folder, 'store'))} }`,
      '',
    ].join('\n'),
  argumentsFor: (file) => ['-c', file],
  url: ({ port, password }) => `nats://${password}@127.0.0.1:${port}`,
  check: checkNats,
};
