// Whoever may write to the broker can put on our subject what no outbox of ours wrote.
import { expect, it } from 'vitest';
import { startTestRelay, testEvent } from '../testing/start-test-relay.ts';

const LEVELS = 100_000;
/** More than a page of an index holds, and not to be made smaller. */
const LONG = Array.from({ length: 9_000 }, (_, i) => (i * 2_654_435_761).toString(36)).join('');

function nested(): unknown {
  let value: unknown = null;
  for (let level = 0; level < LEVELS; level += 1) value = [value];
  return value;
}

it.each([
  ['a time that is none', { occurredAt: 'sometime' }],
  ['a time that no day has', { occurredAt: '2026-02-31T25:00:00.000Z' }],
  ['U+0000 in a text', { requestId: 'req_\0' }],
  ['U+0000 in the tenant', { accountId: 'acct_\0' }],
  ['U+0000 in the payload', { payload: { note: 'a\0b' } }],
  ['half a character in the payload', { payload: { note: '\ud800' } }],
  ['a version that no column holds', { payloadVersion: 2 ** 40 }],
  ['an id that no index holds', { id: LONG }],
  ['a payload that is too deep', { payload: nested() }],
])('%s is passed over, and what came with it and behind it is taken', async (_, strange) => {
  await using relay = await startTestRelay();
  const good = Array.from({ length: 5 }, () => testEvent());
  const [first, second, third, fourth, fifth] = good as [
    (typeof good)[0],
    (typeof good)[0],
    (typeof good)[0],
    (typeof good)[0],
    (typeof good)[0],
  ];
  await relay.publish(first, second, testEvent(strange), third, testEvent(strange), fourth);
  await relay.publish(fifth);
  const known = await relay.sql('select id from webhooks.event order by id', []);
  expect(known).toEqual(good.map(({ id }) => ({ id })).sort((a, b) => (a.id < b.id ? -1 : 1)));
});
