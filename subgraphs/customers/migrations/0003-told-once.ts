import { Migration } from '@mikro-orm/migrations';

export class ToldOnce extends Migration {
  override up(): void {
    this.addSql('alter table customers.erasure add column told_once boolean not null default false');
  }
}
