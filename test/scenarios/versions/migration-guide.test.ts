// The guide from version 1 to version 2: its tables say what the declarations say, its requests are sent as they stand there.
import { readFileSync } from 'node:fs';
import { ERRORS, type ErrorCode, valuesOf } from '@portico/contracts/errors';
import { snakeCase } from '@portico/contracts/snake-case';
import { OWN_NAMES, V2 } from '@portico/mesh/contracts/conventions';
import { EXAMPLE } from '@portico/mesh/contracts/v1/examples';
import { describe, expect, it } from 'vitest';
import { openShop } from '../../stack/shop.ts';
import { startStack } from '../../stack/start-stack.ts';

const guide = readFileSync(new URL('../../../mesh/MIGRATION.md', import.meta.url), 'utf8');
const examples = [...guide.matchAll(/```http\n([A-Z]+) (\S+)\n([\s\S]*?)```\n\n```json\n([\s\S]*?)```/g)].map(
  ([, method = '', target = '', body = '', answer = '']) => ({ method, target, body: body.trim(), answer: JSON.parse(answer) }),
);
const CODES = Object.keys(ERRORS) as ErrorCode[];

/** The rows of the table with this head, their cells without backticks. */
function rowsUnder(head: string): string[][] {
  const lines = (guide.split(`\n${head}\n`)[1] ?? '').split('\n').slice(1);
  return lines.slice(0, lines.indexOf('')).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

describe('the guide from version 1 to version 2', () => {
  it('has every name that is not that of version 1 in snake_case', () => {
    const declared = Object.entries(OWN_NAMES).flatMap(([owner, names]) =>
      Object.entries(names).map(([name, said]) => [owner, name, said]),
    );
    expect(rowsUnder('| of | version 1 | version 2 |')).toEqual(declared);
  });

  it('has every code with another name, and every value beside the message', () => {
    const codes = CODES.map((code) => [code, V2.error.code(code)]).filter(([code, said]) => code !== said);
    expect(rowsUnder('| version 1 | version 2 |')).toEqual(codes);
    const values = CODES.flatMap((code) => valuesOf(code).map((name) => [code, name, V2.error.code(code), snakeCase(name)]));
    expect(rowsUnder('| version 1 | in `details` | version 2 | beside `message` |')).toEqual(values);
  });

  it('shows what is answered', async () => {
    await using stack = await startStack({ topology: 'all-in-one', shared: true });
    const shop = await openShop(stack);
    const { id: customerId } = await shop.customer();
    const { id: productId } = await shop.stocked(10);
    const shippingAddress = { street: '123 Main St', city: 'New York', state: 'NY', zip: '10001' };
    const order = await shop.order([{ productId, quantity: 2 }], { customerId, shippingAddress });
    const real = (text: string): string =>
      text.replaceAll(EXAMPLE.customerId, customerId).replaceAll(EXAMPLE.productId, productId).replaceAll(EXAMPLE.orderId, order.id);
    expect(examples.length).toBeGreaterThan(7);
    // What is placed is placed last: the lists show one order.
    for (const { method, target, body, answer } of examples.toSorted((one, other) => one.method.localeCompare(other.method))) {
      const reply = await shop.call(method, real(target), body === '' ? undefined : JSON.parse(real(body)));
      expect([target, timeless(reply.body)]).toEqual([target, timeless(answer)]);
    }
  });
});

/** With ids and times that are the same everywhere. */
function timeless(answer: unknown): unknown {
  const text = JSON.stringify(answer)
    .replaceAll(/"([a-z]+)_[0-9a-z]{26}"/g, '"$1"')
    .replaceAll(/"\d{4}-\d{2}-\d{2}T[\d:.]+Z"/g, '"time"');
  return JSON.parse(text);
}
