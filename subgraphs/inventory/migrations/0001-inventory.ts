import { Migration } from '@mikro-orm/migrations';
import { mechanicsDdl } from '@portico/service-kit/outbox/outbox';

export class Inventory extends Migration {
  override up(): void {
    // The database has the last word: whatever the code does, stock never goes negative and no more is reserved than there is.
    this.addSql(`create table inventory.inventory_item (
      id text collate "C" primary key,
      account_id text collate "C" not null,
      mode text collate "C" not null,
      sku text not null,
      product_id text collate "C" not null,
      quantity int not null check (quantity >= 0),
      reserved int not null check (reserved >= 0),
      low_stock_threshold int not null check (low_stock_threshold >= 0),
      location text,
      created_at timestamptz(3) not null,
      updated_at timestamptz(3) not null,
      version int not null default 1,
      constraint reserved_within_quantity check (reserved <= quantity)
    )`);
    this.addSql(`create unique index inventory_item_sku on inventory.inventory_item (account_id, mode, sku)`);
    this.addSql(`create unique index inventory_item_product on inventory.inventory_item (account_id, mode, product_id)`);
    this.addSql(`create index inventory_item_created on inventory.inventory_item (account_id, mode, created_at, id)`);
    this.addSql(`create index inventory_item_updated on inventory.inventory_item (account_id, mode, updated_at, id)`);
    this.addSql(`create index inventory_item_quantity on inventory.inventory_item (account_id, mode, quantity, id)`);
    this.addSql(`create index inventory_item_available on inventory.inventory_item (account_id, mode, (quantity - reserved), id)`);
    this.addSql(`create table inventory.reservation (
      id text collate "C" primary key,
      account_id text collate "C" not null,
      mode text collate "C" not null,
      item_id text collate "C" not null references inventory.inventory_item (id),
      sku text not null,
      order_id text collate "C",
      reference text,
      quantity int not null check (quantity >= 0),
      status text not null,
      created_at timestamptz(3) not null,
      updated_at timestamptz(3) not null,
      version int not null default 1
    )`);
    this.addSql(`create unique index reservation_order on inventory.reservation (order_id, item_id) where order_id is not null`);
    this.addSql(`create table inventory.stock_hold (
      id text collate "C" primary key,
      account_id text collate "C" not null,
      mode text collate "C" not null,
      status text not null,
      updated_at timestamptz(3) not null,
      version int not null default 1
    )`);
    for (const statement of mechanicsDdl('inventory')) this.addSql(statement);
  }
}
