import type { Logger } from '../logger.ts';
import type { RedisOptions } from './redis.ts';

/** Logs what becomes of a connection. That it is back is a warning as well: whoever is told that something is away is told of its end. */
export function tellChanges(logger: Logger, words: { up: string; down: string }): RedisOptions['onChange'] {
  let wasDown = false;
  return (up, reason) => {
    if (up) logger[wasDown ? 'warn' : 'info']({ dependency: 'redis', state: 'up' }, words.up);
    else logger.warn({ dependency: 'redis', state: 'down', reason }, words.down);
    wasDown ||= !up;
  };
}
