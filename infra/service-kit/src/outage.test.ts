import { expect, it } from 'vitest';
import type { Logger } from './logger.ts';
import { createOutage } from './outage.ts';

function record(): { lines: unknown[][]; logger: Logger } {
  const lines: unknown[][] = [];
  const write =
    (level: string): Logger['info'] =>
    ({ err: _, ...fields }, message) =>
      void lines.push([level, message, fields]);
  return { lines, logger: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') } };
}
const failure = (code: string): Error => Object.assign(new Error(`failed at ${Math.random()}`), { code });

it('what fails a thousand times is said once for each reason, and so is its end', () => {
  const { lines, logger } = record();
  let now = 5;
  const outage = createOutage({ logger, fields: { operation: 'x' }, began: 'cannot', ended: 'can again', nowMs: () => now });
  outage.over();
  for (let i = 0; i < 500; i += 1) {
    outage.failed(failure('ECONNREFUSED'), { count: i });
    outage.failed(failure('57P03'));
  }
  now = 60_005;
  outage.over();
  outage.over();
  outage.failed(failure('ECONNREFUSED'));
  expect(lines).toEqual([
    ['warn', 'cannot', { operation: 'x', count: 0 }],
    ['warn', 'cannot', { operation: 'x' }],
    ['warn', 'can again', { operation: 'x', attempts: 1_000, durationMs: 60_000 }],
    ['warn', 'cannot', { operation: 'x' }],
  ]);
});

it('a refusal of ours is another one where its cause is another one', () => {
  const { lines, logger } = record();
  const outage = createOutage({ logger, fields: {}, began: 'cannot', ended: 'can again', level: 'error' });
  for (const cause of [failure('53100'), failure('25006'), failure('53100')]) outage.failed(new Error('away', { cause }));
  expect(lines.map(([level]) => level)).toEqual(['error', 'error']);
});
