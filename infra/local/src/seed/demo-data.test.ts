import { isId } from '@portico/contracts/ids';
import { currencyDigits } from '@portico/contracts/money';
import { addressInput } from '@portico/service-kit/address';
import { describe, expect, it } from 'vitest';
import { demoCustomers } from './demo-customers.ts';
import { demoOrders } from './demo-orders.ts';
import { demoProducts } from './demo-products.ts';
import { pastId } from './past-id.ts';
import { createRandom } from './random.ts';

const now = new Date('2026-06-15T12:00:00.000Z');

describe('demo data', () => {
  it('is the same for the same seed, and other for another', () => {
    const make = (seed: string): string => JSON.stringify(demoCustomers(5, now, createRandom(seed)));
    expect(make('one')).toBe(make('one'));
    expect(make('one')).not.toBe(make('two'));
  });

  it('has addresses that the API would accept', () => {
    for (const { address } of demoCustomers(200, now, createRandom('a'))) expect(addressInput.safeParse(address).error).toBeUndefined();
  });

  it('has e-mail addresses and SKUs that are unique', () => {
    const random = createRandom('b');
    expect(new Set(demoCustomers(300, now, random).map(({ email }) => email)).size).toBe(300);
    expect(new Set(demoProducts(300, now, random).map(({ sku }) => sku)).size).toBe(300);
  });

  it('prices in whole minor units of currencies we accept', () => {
    for (const { price, currency, currencyDigits: digits } of demoProducts(300, now, createRandom('c'))) {
      expect(Number.isSafeInteger(price) && price > 0).toBe(true);
      expect(currencyDigits(currency)).toBe(digits);
    }
  });

  it('has orders of one currency each, of the last 180 days, never updated before they were placed nor after now', () => {
    const random = createRandom('d');
    const [customer, ...customers] = demoCustomers(5, now, random);
    const [product, ...products] = demoProducts(50, now, random);
    if (customer === undefined || product === undefined) throw new Error('There is no demo data.');
    const currencies = new Map([product, ...products].map(({ id, currency }) => [id, currency]));
    const oldest = now.getTime() - 180 * 86_400_000;
    for (const order of demoOrders([customer, ...customers], [product, ...products], now, random).take(500)) {
      expect(new Set(order.lines.map(({ productId }) => currencies.get(productId)))).toEqual(new Set([order.currency]));
      const [created, updated] = [order.createdAt.getTime(), order.updatedAt.getTime()];
      expect(created >= oldest && created <= updated && updated <= now.getTime()).toBe(true);
    }
  });
});

describe('pastId', () => {
  it('sorts by the time it is given, and is a well-formed id', () => {
    const random = createRandom('ids');
    const ids = [1_600_000_000_000, 1_700_000_000_000, 1_800_000_000_000].map((at) => pastId('order', at, random));
    expect(ids).toEqual([...ids].sort());
    expect(ids.every((id) => isId('order', id))).toBe(true);
  });
});
