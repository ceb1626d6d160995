import { Migration } from '@mikro-orm/migrations';

export class DeadDeliveries extends Migration {
  override up(): void {
    // Counted every few seconds, over all tenants; there are few beside those that succeeded.
    this.addSql(`create index delivery_dead on webhooks.delivery (completed_at) where status = 'dead'`);
  }
}
