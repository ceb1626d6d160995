import { Migration } from '@mikro-orm/migrations';

export class SignInGuesses extends Migration {
  override up(): void {
    // `key`: a keyed hash of the e-mail address, known or not, so that no address stands here. Swept when its hour is over.
    this.addSql(`create table access.sign_in_guess (
      key text collate "C" primary key,
      count int not null,
      since timestamptz(3) not null
    )`);
    this.addSql(`create index sign_in_guess_since on access.sign_in_guess (since)`);
  }
}
