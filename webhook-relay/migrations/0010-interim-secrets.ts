import { Migration } from '@mikro-orm/migrations';

export class InterimSecrets extends Migration {
  override up(): void {
    // While a release before this one runs beside, its attempts are signed with the oldest and the newest secret alone.
    this.addSql('alter table webhooks.endpoint add column interim_secrets_sealed text');
  }
}
