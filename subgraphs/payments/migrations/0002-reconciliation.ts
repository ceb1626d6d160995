import { Migration } from '@mikro-orm/migrations';
import { reconciliationDdl } from '@portico/service-kit/outbox/outbox-ddl';

export class Reconciliation extends Migration {
  override up(): void {
    for (const statement of reconciliationDdl('payments')) this.addSql(statement);
  }
}
