import { Migration } from '@mikro-orm/migrations';

export class Exhausted extends Migration {
  override up(): void {
    // Since when deliveries have run out of attempts without one that succeeded, and when its owners were last told of that.
    this.addSql(`alter table webhooks.endpoint add column exhausted_at timestamptz(3), add column exhausted_told_at timestamptz(3)`);
    this.addSql(`create index endpoint_exhausted on webhooks.endpoint (exhausted_at) where exhausted_at is not null`);
  }
}
