import { Migration } from '@mikro-orm/migrations';
import { mechanicsDdl } from '@portico/service-kit/outbox/outbox';

export class Payments extends Migration {
  override up(): void {
    this.addSql(`create table payments.payment (
      id text collate "C" primary key,
      account_id text collate "C" not null,
      mode text collate "C" not null,
      order_id text collate "C" not null,
      amount bigint not null check (amount > 0),
      currency text not null,
      status text not null,
      method text not null,
      failure_reason text,
      reference text,
      created_at timestamptz(3) not null,
      updated_at timestamptz(3) not null,
      version int not null default 1
    )`);
    this.addSql(`create index payment_order on payments.payment (account_id, mode, order_id, created_at, id)`);
    this.addSql(`create index payment_created on payments.payment (account_id, mode, created_at, id)`);
    this.addSql(`create index payment_updated on payments.payment (account_id, mode, updated_at, id)`);
    this.addSql(`create index payment_amount on payments.payment (account_id, mode, amount, id)`);
    for (const statement of mechanicsDdl('payments')) this.addSql(statement);
  }
}
