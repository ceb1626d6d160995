import { Migration } from '@mikro-orm/migrations';

/** The saga's log learns of payments: one row may owe stock, a payment, or both. */
export class Saga extends Migration {
  override up(): void {
    this.addSql('alter table orders.stock_task rename to saga_task');
    this.addSql('alter index orders.stock_task_due rename to saga_task_due');
    this.addSql(
      `alter table orders.saga_task add column stage text not null default 'owing', add column stock text, add column payment text`,
    );
    this.addSql(`update orders.saga_task set
      stage = case action when 'undecided' then 'placing' else 'owing' end,
      stock = case action when 'commit' then 'commit' when 'nothing' then null else 'release' end`);
    this.addSql('alter table orders.saga_task drop column action, alter column stage drop default');
  }
}
