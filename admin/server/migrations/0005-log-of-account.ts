import { Migration } from '@mikro-orm/migrations';

export class LogOfAccount extends Migration {
  override up(): void {
    // Whose a change is: what belongs to an account says so in its states, and the account itself is the target.
    this.addSql(`create index admin_log_account on access.admin_log ((coalesce(after->>'accountId', before->>'accountId', target)), at)`);
  }
}
