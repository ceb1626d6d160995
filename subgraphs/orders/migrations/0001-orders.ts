import { Migration } from '@mikro-orm/migrations';
import { mechanicsDdl } from '@portico/service-kit/outbox/outbox';

export class Orders extends Migration {
  override up(): void {
    this.addSql(`create table orders."order" (
      id text collate "C" primary key,
      account_id text collate "C" not null,
      mode text collate "C" not null,
      customer_id text collate "C" not null,
      status text collate "C" not null,
      total bigint not null check (total >= 0),
      currency text not null,
      currency_digits smallint not null,
      total_value numeric generated always as (total / power(10::numeric, currency_digits)) stored,
      shipping_address_sealed text,
      notes text,
      cancel_reason text,
      search_text text not null,
      search tsvector generated always as (to_tsvector('simple', search_text)) stored,
      created_at timestamptz(3) not null,
      updated_at timestamptz(3) not null,
      version int not null default 1
    )`);
    this.addSql(`create index order_created on orders."order" (account_id, mode, created_at, id)`);
    this.addSql(`create index order_updated on orders."order" (account_id, mode, updated_at, id)`);
    this.addSql(`create index order_total on orders."order" (account_id, mode, total_value, id)`);
    this.addSql(`create index order_status on orders."order" (account_id, mode, status, created_at, id)`);
    this.addSql(`create index order_customer on orders."order" (account_id, mode, customer_id, created_at, id)`);
    this.addSql(`create index order_search on orders."order" using gin (search)`);
    this.addSql(`create table orders.order_line (
      id text collate "C" primary key,
      account_id text collate "C" not null,
      mode text collate "C" not null,
      order_id text collate "C" not null references orders."order" (id) deferrable initially deferred,
      position smallint not null,
      product_id text collate "C" not null,
      sku text not null,
      name text not null,
      quantity int not null check (quantity > 0),
      unit_price bigint not null check (unit_price >= 0),
      unique (order_id, position)
    )`);
    this.addSql(`create index order_line_product on orders.order_line (account_id, mode, product_id)`);
    this.addSql(`create table orders.stock_task (
      id text collate "C" primary key,
      account_id text not null,
      mode text not null,
      action text not null,
      request_id text not null,
      locked_until timestamptz(3) not null
    )`);
    this.addSql(`create index stock_task_due on orders.stock_task (locked_until)`);
    for (const statement of mechanicsDdl('orders')) this.addSql(statement);
  }
}
