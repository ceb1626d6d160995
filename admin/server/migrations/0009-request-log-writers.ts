import { Migration } from '@mikro-orm/migrations';

export class RequestLogWriters extends Migration {
  override up(): void {
    // How far each writer of the request log has come, told in the transaction of its batch: a batch whose confirmation was lost is known again.
    this.addSql(`create table access.request_log_writer (
      id uuid primary key,
      batch bigint not null,
      at timestamptz(3) not null
    )`);
  }
}
