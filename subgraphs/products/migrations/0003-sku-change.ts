import { Migration } from '@mikro-orm/migrations';

export class SkuChanges extends Migration {
  override up(): void {
    this.addSql(`create table products.sku_change (
      product_id text collate "C" primary key,
      account_id text collate "C" not null,
      mode text collate "C" not null,
      request_id text not null,
      locked_until timestamptz(3) not null
    )`);
  }
}
