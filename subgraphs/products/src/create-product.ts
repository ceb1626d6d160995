import { wrap } from '@mikro-orm/core';
import { AppError } from '@portico/contracts/errors';
import { createOnce } from '@portico/service-kit/database/create-once';
import { brokenUniqueConstraint } from '@portico/service-kit/database/database-errors';
import { tenantOf } from '@portico/service-kit/database/tenant';
import { parseInput } from '@portico/service-kit/parse-input';
import type { Row } from '@portico/service-kit/reads/reads';
import type { Selection } from '@portico/service-kit/reads/selection';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import { Product } from './product.entity.ts';
import { createInput, pricing } from './product-input.ts';
import { productReads } from './product-reads.ts';

/** Adds a product to the catalogue. VALIDATION_ERROR for fields, CONFLICT for a SKU that is in use. */
export function createProduct(context: SubgraphContext, input: unknown, selection: Selection): Promise<Row> {
  const { price, currency, status, ...given } = parseInput(createInput, input);
  const priced = pricing(price, currency);
  return createOnce<Row>(context, 'product', 'product_pkey', {
    find: (id) => context.reads.one(productReads, context.caller, 't.id', id, selection),
    create: (id) =>
      refuseSecondSku(given.sku, () =>
        context.write(async (em) => {
          const now = context.now();
          const product = em.create(Product, {
            ...tenantOf(context.caller),
            ...given,
            ...priced,
            id,
            status: status ?? 'active',
            createdAt: now,
            updatedAt: now,
          });
          await em.persist(product).flush();
          return wrap(product).toPOJO();
        }),
      ),
  });
}

/** Turns the database's word on a SKU that is taken into CONFLICT. */
export async function refuseSecondSku<Result>(sku: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (brokenUniqueConstraint(error) !== 'product_sku') throw error;
    throw new AppError('CONFLICT', `Another product has the SKU ${JSON.stringify(sku)}.`, { details: { sku: 'It is in use already.' } });
  }
}
