import { Migration } from '@mikro-orm/migrations';

export class ChangeAttempts extends Migration {
  override up(): void {
    // Changes that another program is asked to make, until their entry is in the admin log.
    this.addSql(`create table access.change_attempt (
      id uuid primary key,
      at timestamptz(3) not null,
      actor text collate "C" not null,
      action text not null,
      target text collate "C" not null,
      account_id text collate "C" not null,
      mode text not null,
      before jsonb
    )`);
  }
}
