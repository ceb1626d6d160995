import { checkRedis } from '../dependencies/check-redis.ts';
import type { ServerKind } from './start-child-server.ts';

/** Redis without persistence: what it holds here is worth no more than the processes that share it. */
export const redisServer: ServerKind = {
  name: 'redis',
  command: 'redis-server',
  configuration: ({ port, password, folder }) =>
    ['bind 127.0.0.1', `port ${port}`, `requirepass ${password}`, 'save ""', 'appendonly no', `dir ${JSON.stringify(folder)}`, ''].join(
      '\n',
    ),
  argumentsFor: (file) => [file],
  url: ({ port, password }) => `redis://:${password}@127.0.0.1:${port}`,
  check: checkRedis,
};
