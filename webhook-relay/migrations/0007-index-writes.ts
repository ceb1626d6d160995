import { Migration } from '@mikro-orm/migrations';

/** Indexes that get a second entry when a delivery is completed. */
const WRITTEN_TWICE = ['delivery_pkey', 'delivery_event_id_endpoint_id_key', 'delivery_created', 'delivery_status'];

export class IndexWrites extends Migration {
  override up(): void {
    // The log's key is what it is read by: one index less. The key of an attempt alone was looked up by nobody.
    this.addSql('alter table webhooks.attempt drop constraint attempt_pkey');
    this.addSql('drop index webhooks.attempt_delivery');
    this.addSql('alter table webhooks.attempt add primary key (delivery_id, started_at, id)');
    // Ids ascend, so pages of indexes are filled and left; completing a delivery comes back to each, and would split it. Now there is room. Looking for
    // duplicates before a split is in vain where every key has the row's id.
    for (const index of WRITTEN_TWICE) this.addSql(`alter index webhooks.${index} set (fillfactor = 50, deduplicate_items = off)`);
  }
}
