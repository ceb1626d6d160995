import { Migration } from '@mikro-orm/migrations';

/** Callbacks about a refund name its charge by the provider's id. */
export class Reference extends Migration {
  override up(): void {
    this.addSql(`create index payment_reference on payments.payment (provider, reference) where provider is not null`);
  }
}
