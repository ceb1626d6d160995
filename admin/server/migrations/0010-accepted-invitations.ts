import { Migration } from '@mikro-orm/migrations';

export class AcceptedInvitations extends Migration {
  override up(): void {
    // Whoever proves to have an address is a member where it was invited, in the transaction that says so: however it was proved, and whatever
    // crashes behind it.
    this.addSql(`create function access.accept_invitations() returns trigger language plpgsql as $$
      begin
        update access.member set person_id = new.id where email = new.email and person_id is null;
        return null;
      end $$`);
    this.addSql(`create trigger accept_invitations_of_new after insert on access.person for each row
      when (new.email_verified) execute function access.accept_invitations()`);
    this.addSql(`create trigger accept_invitations after update of email, email_verified on access.person for each row
      when (new.email_verified) execute function access.accept_invitations()`);
    this.addSql(`update access.member m set person_id = p.id from access.person p
      where p.email = m.email and p.email_verified and m.person_id is null`);
  }
}
