import { wrap } from '@mikro-orm/core';
import type { Row } from '@portico/service-kit/reads/reads';
import { requireVersion, type SubgraphContext } from '@portico/service-kit/subgraph/context';
import { findProduct } from './update-product.ts';

/** Takes the product out of the catalogue. The row stays: orders show what was bought. */
export function deleteProduct(context: SubgraphContext, id: string, expectedVersion?: number | null): Promise<Row> {
  return context.write(async (em) => {
    const product = await findProduct(em, id);
    requireVersion(product, expectedVersion);
    const now = context.now();
    em.assign(product, { deletedAt: now, updatedAt: now });
    await em.flush();
    return wrap(product).toPOJO();
  });
}
