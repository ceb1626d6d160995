import { Migration } from '@mikro-orm/migrations';

/** Which try of a placement a row belongs to, and how long it has been waiting. */
export class SagaTries extends Migration {
  override up(): void {
    this.addSql(
      `alter table orders.saga_task
        add column try_id uuid not null default gen_random_uuid(), add column begun_at timestamptz(3) not null default now()`,
    );
  }
}
