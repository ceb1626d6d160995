import { Migration } from '@mikro-orm/migrations';

/** Money that came, and of which the orders have to be told; and how long a payment has been open with the provider. */
export class TellOrders extends Migration {
  override up(): void {
    this.addSql(`alter table payments.payment add column tell_at timestamptz(3), add column open_since timestamptz(3)`);
    this.addSql(`create index payment_tell on payments.payment (tell_at) where tell_at is not null`);
  }
}
