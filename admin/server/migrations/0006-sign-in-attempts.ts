import { Migration } from '@mikro-orm/migrations';

export class SignInAttempts extends Migration {
  override up(): void {
    // No reference to the person: an attempt may be somebody's who is nobody, and must outlive whom it names.
    this.addSql(`create table access.sign_in_attempt (
      id uuid primary key,
      at timestamptz(3) not null,
      side text not null check (side in ('developer', 'operator')),
      path text not null,
      person_id text collate "C" not null
    )`);
  }
}
