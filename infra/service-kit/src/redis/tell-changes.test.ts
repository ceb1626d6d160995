import { expect, it } from 'vitest';
import { tellChanges } from './tell-changes.ts';

it('warns of the end of what it warned of, and not of a Redis that is there from the beginning', () => {
  const lines: unknown[][] = [];
  const write =
    (level: string) =>
    (fields: unknown, message?: string): void =>
      void lines.push([level, message, fields]);
  const logger = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  const tell = tellChanges(logger, { up: 'back', down: 'away' });
  tell(true, '');
  tell(false, 'closed');
  tell(true, '');
  expect(lines).toEqual([
    ['info', 'back', { dependency: 'redis', state: 'up' }],
    ['warn', 'away', { dependency: 'redis', state: 'down', reason: 'closed' }],
    ['warn', 'back', { dependency: 'redis', state: 'up' }],
  ]);
});
