import { Migration } from '@mikro-orm/migrations';

export class DeferrableSku extends Migration {
  override up(): void {
    // Two items can change their SKUs for each other's only if the index may look at the end of the transaction. It is the same index: nothing is built.
    this.addSql(`alter table inventory.inventory_item add constraint inventory_item_sku
      unique using index inventory_item_sku deferrable initially immediate`);
  }
}
