import { onStatement } from '@portico/service-kit/sql/statement-log';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Catalogue, openCatalogue } from '../../stack/catalogue.ts';
import { TOPOLOGIES } from '../../stack/start-stack.ts';

const BYPASS = { 'cache-control': 'no-cache' };

describe.each(TOPOLOGIES)('the fields of an answer, %s', (topology) => {
  let catalogue: Catalogue;
  beforeAll(async () => {
    catalogue = await openCatalogue(topology);
  });
  afterAll(() => catalogue?.[Symbol.asyncDispose]());

  it('show exactly the asked fields, in one order, nested and across subgraphs', async () => {
    const { id, sku } = await catalogue.shop.stocked(7, { name: 'Stocked' });
    const page = await catalogue.list(`fields=name,inventory.available,id,id&sku=${sku}`);
    expect(page.data).toEqual([{ id, name: 'Stocked', inventory: { available: 7 } }]);
    const { inventory } = (await catalogue.list(`expand=inventory&sku=${sku}`)).data[0] as unknown as { inventory: object };
    expect(inventory).toMatchObject({ sku, quantity: 7, lowStock: false });
    expect((await catalogue.list('sku=P-01')).data[0]).not.toHaveProperty('inventory');
    await catalogue.shop.order([{ productId: id, quantity: 2 }]);
    const orders = (await catalogue.shop.call('GET', `/api/v1/orders?productId=${id}&fields=total,customer.name,items.product.name`))
      .body as {
      data: unknown[];
    };
    expect(orders.data).toEqual([{ total: 59.98, customer: { name: 'Ada Lovelace' }, items: [{ product: { name: 'Stocked' } }] }]);
  });

  it('lead back to where they came from, and further', async () => {
    const { shop } = catalogue;
    const shown = async (target: string): Promise<unknown> => shop.data(200, 'GET', `/api/v1/${target}`);
    const { id, sku } = await shop.stocked(7, { name: 'Round' });
    const round = { product: { inventory: { available: 7, product: { name: 'Round' } } } };
    expect(await shown(`inventory/${sku}?fields=product.inventory.available,product.inventory.product.name`)).toEqual(round);
    expect(await shown(`products/${id}?fields=inventory.product.inventory.available`)).toEqual({
      inventory: { product: { inventory: { available: 7 } } },
    });
    const order = await shop.order([{ productId: id, quantity: 1 }], { paymentMethod: 'tok_visa' });
    expect(await shown(`orders/${order.id}?fields=payments.order.payments.status`)).toEqual({
      payments: [{ order: { payments: [{ status: 'succeeded' }] } }],
    });
    const unpaid = await shop.order([{ productId: id, quantity: 1 }]);
    const target = `/api/v1/orders/${unpaid.id}/payments?fields=status,order.payments.status`;
    expect(await shop.data(201, 'POST', target, { paymentMethod: 'tok_visa' })).toEqual({
      status: 'succeeded',
      order: { payments: [{ status: 'succeeded' }] },
    });
  });

  // Only in one process can the statements be seen.
  it.runIf(topology === 'all-in-one')(
    'cost one statement per subgraph, a total that must be counted included, and no column that was not asked for',
    async () => {
      // The program's own tasks speak meanwhile, of tables of their own.
      const OURS = /\b(?:products\.product|inventory\.inventory_item|data_version)\b/;
      const statementsOf = async (query: string, headers: Record<string, string> = BYPASS): Promise<string[]> => {
        const texts: string[] = [];
        using _ = onStatement(({ text }) => void (OURS.test(text) && texts.push(text)));
        await catalogue.get(query, headers);
        return texts;
      };
      await catalogue.shop.product();
      const cold = await statementsOf('fields=id');
      expect(cold).toHaveLength(1);
      expect(cold[0]).toMatch(/count\(\*\)/);
      expect(cold[0]).toMatch(/^select t\.id as "id", \(select coalesce\(sum\(v\.version\).* from products\.product t/);
      expect(cold[0]).not.toMatch(/t\.(?:name|sku|price|description)/);
      const [warm, ...more] = await statementsOf('fields=id');
      expect(more).toEqual([]);
      expect(warm).not.toMatch(/count\(\*\)/);
      const join = await statementsOf('fields=name,inventory.available');
      expect(join).toHaveLength(2);
      expect(join[1]).toMatch(
        /^select \(t\.quantity - t\.reserved\) as "available", t\.product_id as "productId" from inventory\.inventory_item/,
      );
      expect(await statementsOf('fields=inventory.product.inventory.available')).toHaveLength(3);
      expect(await statementsOf('fields=id&limit=5')).toHaveLength(1);
      // An answer that may be kept looks at the data version first, and is then no dearer, whatever was written before.
      const kept: number[] = [];
      for (let time = 0; time < 4; time += 1) {
        if (time === 2) await catalogue.shop.product();
        kept.push((await statementsOf('fields=sku', {})).length);
      }
      expect(kept).toEqual([1, 2, 2, 1]);
    },
  );
});
