import { wrap } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { notFound } from '@portico/contracts/errors';
import { toDecimal } from '@portico/contracts/money';
import { parseInput } from '@portico/service-kit/parse-input';
import type { Row } from '@portico/service-kit/reads/reads';
import { requireVersion, type SubgraphContext } from '@portico/service-kit/subgraph/context';
import { refuseSecondSku } from './create-product.ts';
import { Product } from './product.entity.ts';
import { pricing, updateInput } from './product-input.ts';

/** Changes the given properties. NOT_FOUND, PRECONDITION_FAILED for another version, CONFLICT for a SKU in use. */
export function updateProduct(context: SubgraphContext, id: string, input: unknown, expectedVersion?: number | null): Promise<Row> {
  const { price, currency, ...changes } = parseInput(updateInput, input);
  return refuseSecondSku(changes.sku ?? '', () =>
    context.write(async (em) => {
      const product = await findProduct(em, id);
      requireVersion(product, expectedVersion);
      if (price !== undefined || currency !== undefined) {
        em.assign(product, pricing(price ?? toDecimal(product.price, product.currency), currency ?? product.currency));
      }
      em.assign(product, { ...changes, updatedAt: context.now() });
      await em.flush();
      return wrap(product).toPOJO();
    }),
  );
}

/** The product in the caller's catalogue, for a change. NOT_FOUND for one that never was there or was deleted. */
export async function findProduct(em: EntityManager, id: string): Promise<Product> {
  const product = await em.findOne(Product, { id, deletedAt: null });
  if (product === null) throw notFound('product', id);
  return product;
}
