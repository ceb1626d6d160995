import { Migration } from '@mikro-orm/migrations';

/** Payments that a provider charges, and what is open with it. */
export class Provider extends Migration {
  override up(): void {
    this.addSql(`alter table payments.payment
      add column provider text,
      add column asked_at timestamptz(3),
      add column undo_reason text,
      add column due_at timestamptz(3),
      add column tries int not null default 0,
      add column request_id text`);
    this.addSql(`create index payment_due on payments.payment (due_at) where due_at is not null`);
    // One row per order that was charged or closed: the lock behind which charges of an order queue, and the mark that none is accepted any more.
    this.addSql(`create table payments.paid_order (
      account_id text collate "C" not null,
      mode text collate "C" not null,
      order_id text collate "C" not null,
      closed_reason text,
      primary key (account_id, mode, order_id)
    )`);
    this.addSql(`create table payments.provider_callback (
      provider text not null,
      id text collate "C" not null,
      received_at timestamptz(3) not null,
      primary key (provider, id)
    )`);
    this.addSql(`create index provider_callback_received on payments.provider_callback (received_at)`);
  }
}
