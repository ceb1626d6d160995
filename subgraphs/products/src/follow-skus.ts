// The stock of a product is found by its SKU, of which the inventory keeps a copy. A change of the SKU is told right after its commit, and a row
// remembers that. Stock that began to be tracked at that moment is written behind that, under the old SKU: the inventory is told once more when
// none of it can be left, and then the row goes.
import type { EntityManager } from '@mikro-orm/postgresql';
import { asService, type Caller } from '@portico/contracts/caller';
import { tenantOf } from '@portico/service-kit/database/tenant';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import type { BackgroundTask, SubgraphProgram } from '@portico/service-kit/subgraph/start-subgraph';
import { SkuChange } from './product.entity.ts';

const FOLLOW = 'mutation FollowProductSku($id: ID!) { followProductSku(productId: $id) }';

/** The request that changes tells first; the task tells once more this long after. Longer than it takes to begin to track stock. */
const LEASE_MS = 30_000;

/** Part of the transaction that changes the SKU. A change that is remembered already is remembered from now on. */
export async function rememberSkuChange(em: EntityManager, context: SubgraphContext, productId: string): Promise<void> {
  const { requestId } = context.caller;
  const lockedUntil = new Date(context.now().getTime() + LEASE_MS);
  await em.upsert(SkuChange, { ...tenantOf(context.caller), productId, requestId, lockedUntil }, { onConflictFields: ['productId'] });
}

/** The inventory asks what the SKU is now, so that it does not matter how late or how often it is told. */
export async function tellInventory(context: SubgraphContext, id: string): Promise<void> {
  await context.graph.execute(FOLLOW, { id }, asService(context.caller, 'products', ['inventory:write']));
}

/** Tells once more of each SKU that was changed: one at a time, each by one process. What fails is tried again. */
export const followSkus: BackgroundTask = { idleMs: 5_000, runOnce };

async function runOnce({ database, contextFor, now }: SubgraphProgram): Promise<number> {
  const lockedUntil = new Date(now().getTime() + LEASE_MS);
  const [claimed] = await database.run(
    `update products.sku_change set locked_until = $1 where product_id = (
       select product_id from products.sku_change where locked_until < $2 order by locked_until limit 1 for update skip locked
     ) returning product_id as "productId", account_id as "accountId", mode, request_id as "requestId"`,
    [lockedUntil, now()],
  );
  if (claimed === undefined) return 0;
  const { productId, ...tenant } = claimed as { productId: string } & Pick<Caller, 'accountId' | 'mode' | 'requestId'>;
  await tellInventory(contextFor({ ...tenant, actor: 'service:products', scopes: new Set() }), productId);
  // A change that came meanwhile has made the row its own.
  await database.run('delete from products.sku_change where product_id = $1 and locked_until = $2', [productId, lockedUntil]);
  return 1;
}
