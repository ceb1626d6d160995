import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { textArray } from './text-array.ts';

const client = new pg.Client({ connectionString: process.env.TEST_DATABASE_URL });
beforeAll(() => client.connect());
afterAll(() => client.end());

it.each([
  ['nothing', []],
  ['one empty text', ['']],
  ['nulls among texts', [null, 'a', null]],
  ['what the text form would have to escape', ['{"a": "\\\\"}', 'NULL', 'a,b', '{}', "it's", ' ']],
  ['characters of one to four bytes', ['ab', 'Zoë', '€', '🦊🦊']],
  ['long ones', ['x'.repeat(100_000), 'ë'.repeat(70_000)]],
])('PostgreSQL reads %s as it was given', async (_, values: readonly (string | null)[]) => {
  const { rows } = await client.query('select $1::text[] as read', [textArray(values)]);
  expect(rows).toEqual([{ read: values }]);
});

it('takes bytes that are UTF-8 already', async () => {
  const { rows } = await client.query('select $1::text[] as read', [textArray([Buffer.from('Zoë 🦊'), 'a', Buffer.alloc(0)])]);
  expect(rows).toEqual([{ read: ['Zoë 🦊', 'a', ''] }]);
});

it('is an element after the other in a row set, beside other arrays', async () => {
  const { rows } = await client.query('select a::int, b from unnest($1::text[], $2::text[]) as given(a, b)', [
    textArray(['1', '2']),
    textArray(['one', null]),
  ]);
  expect(rows).toEqual([
    { a: 1, b: 'one' },
    { a: 2, b: null },
  ]);
});
