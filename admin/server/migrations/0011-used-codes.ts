import { Migration } from '@mikro-orm/migrations';

export class UsedCodes extends Migration {
  override up(): void {
    // Codes of authenticator apps that opened a session, for as long as they would be good again. Swept afterwards.
    this.addSql(`create table access.used_code (
      person_id text collate "C" not null references access.person (id) on delete cascade,
      code text not null,
      used_at timestamptz(3) not null,
      primary key (person_id, code)
    )`);
  }
}
