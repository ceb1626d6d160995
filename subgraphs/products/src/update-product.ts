import { wrap } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { notFound } from '@portico/contracts/errors';
import { toDecimal } from '@portico/contracts/money';
import { parseInput } from '@portico/service-kit/parse-input';
import type { Row } from '@portico/service-kit/reads/reads';
import { requireVersion, type SubgraphContext } from '@portico/service-kit/subgraph/context';
import { refuseSecondSku } from './create-product.ts';
import { rememberSkuChange, tellInventory } from './follow-skus.ts';
import { Product } from './product.entity.ts';
import { pricing, updateInput } from './product-input.ts';

/** Changes the given properties. NOT_FOUND, PRECONDITION_FAILED for another version, CONFLICT for a SKU in use. */
export async function updateProduct(context: SubgraphContext, id: string, input: unknown, expectedVersion?: number | null): Promise<Row> {
  const { price, currency, ...changes } = parseInput(updateInput, input);
  const { row, hasNewSku } = await refuseSecondSku(changes.sku ?? '', () =>
    context.write(async (em) => {
      const product = await findProduct(em, id);
      requireVersion(product, expectedVersion);
      if (price !== undefined || currency !== undefined) {
        em.assign(product, pricing(price ?? toDecimal(product.price, product.currency), currency ?? product.currency));
      }
      const hasNewSku = changes.sku !== undefined && changes.sku !== product.sku;
      em.assign(product, { ...changes, updatedAt: context.now() });
      await em.flush();
      if (hasNewSku) await rememberSkuChange(em, context, id);
      return { row: wrap(product).toPOJO(), hasNewSku };
    }),
  );
  // The SKU is changed whether or not the inventory can be reached now.
  if (hasNewSku) await tellInventory(context, id).catch(() => {});
  return row;
}

/** The product in the caller's catalogue, for a change. NOT_FOUND for one that never was there or was deleted. */
export async function findProduct(em: EntityManager, id: string): Promise<Product> {
  const product = await em.findOne(Product, { id, deletedAt: null });
  if (product === null) throw notFound('product', id);
  return product;
}
