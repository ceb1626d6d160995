import { Migration } from '@mikro-orm/migrations';

/** Which request moved an order last, so that a second try of it is known. */
export class MovedBy extends Migration {
  override up(): void {
    this.addSql('alter table orders."order" add column moved_by text');
  }
}
