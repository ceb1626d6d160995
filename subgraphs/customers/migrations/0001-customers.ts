import { Migration } from '@mikro-orm/migrations';
import { mechanicsDdl } from '@portico/service-kit/outbox/outbox';

export class Customers extends Migration {
  override up(): void {
    this.addSql(`create table customers.customer (
      id text collate "C" primary key,
      account_id text collate "C" not null,
      mode text collate "C" not null,
      email_sealed text,
      name_sealed text,
      phone_sealed text,
      address_sealed text,
      email_index text collate "C",
      search_tokens text[] not null default '{}',
      status text not null,
      created_at timestamptz(3) not null,
      updated_at timestamptz(3) not null,
      version int not null default 1
    )`);
    this.addSql(`create unique index customer_email on customers.customer (account_id, mode, email_index) where email_index is not null`);
    this.addSql(`create index customer_created on customers.customer (account_id, mode, created_at, id)`);
    this.addSql(`create index customer_updated on customers.customer (account_id, mode, updated_at, id)`);
    this.addSql(`create index customer_status on customers.customer (account_id, mode, status, id)`);
    this.addSql(`create index customer_search on customers.customer using gin (search_tokens)`);
    this.addSql(`create table customers.erasure (
      customer_id text primary key,
      account_id text not null,
      mode text not null,
      request_id text not null,
      locked_until timestamptz(3) not null
    )`);
    for (const statement of mechanicsDdl('customers')) this.addSql(statement);
  }
}
