import { Migration } from '@mikro-orm/migrations';
import { mechanicsDdl } from '@portico/service-kit/outbox/outbox';

export class Products extends Migration {
  override up(): void {
    this.addSql(`create table products.product (
      id text collate "C" primary key,
      account_id text collate "C" not null,
      mode text collate "C" not null,
      sku text not null,
      name text not null,
      description text,
      category text,
      price bigint not null check (price >= 0),
      currency text not null,
      currency_digits smallint not null,
      price_value numeric generated always as (price / power(10::numeric, currency_digits)) stored,
      status text not null,
      created_at timestamptz(3) not null,
      updated_at timestamptz(3) not null,
      deleted_at timestamptz(3),
      version int not null default 1,
      search tsvector generated always as (
        to_tsvector('simple', sku || ' ' || name || ' ' || coalesce(category, '') || ' ' || coalesce(description, ''))
      ) stored
    )`);
    this.addSql(`create unique index product_sku on products.product (account_id, mode, lower(sku)) where deleted_at is null`);
    this.addSql(`create index product_created on products.product (account_id, mode, created_at, id)`);
    this.addSql(`create index product_updated on products.product (account_id, mode, updated_at, id)`);
    this.addSql(`create index product_name on products.product (account_id, mode, name, id)`);
    this.addSql(`create index product_price on products.product (account_id, mode, price_value, id)`);
    this.addSql(`create index product_search on products.product using gin (search)`);
    for (const statement of mechanicsDdl('products')) this.addSql(statement);
  }
}
