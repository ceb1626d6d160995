import { Migration } from '@mikro-orm/migrations';

export class TicketsByActivity extends Migration {
  override up(): void {
    this.addSql('create index ticket_activity on access.ticket (updated_at, id)');
    this.addSql('create index ticket_account_activity on access.ticket (account_id, updated_at, id)');
    this.addSql('create index ticket_status_activity on access.ticket (status, updated_at, id)');
    this.addSql('drop index access.ticket_account');
    this.addSql('drop index access.ticket_status');
  }
}
