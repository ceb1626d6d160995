import { Migration } from '@mikro-orm/migrations';
import { TIERS } from '@portico/contracts/tiers';

const created = 'created_at timestamptz(3) not null';
const times = `${created}, updated_at timestamptz(3) not null`;
const person = 'text collate "C" not null references access.person (id) on delete cascade';
const account = 'text collate "C" not null references access.account (id)';

export class People extends Migration {
  override up(): void {
    this.signIn();
    // Sessions are apart, so that a token of one side is no token of the other.
    for (const side of ['developer', 'operator']) this.sessions(`access.${side}_session`);
    this.members();
    this.tiers();
    this.tickets();
    this.addSql(`create table access.sealed_secret (
      id text collate "C" primary key,
      value_sealed text not null,
      ${created}
    )`);
  }

  private signIn(): void {
    this.addSql(`create table access.person (
      id text collate "C" primary key,
      name text not null,
      email text not null unique check (email = lower(email)),
      email_verified boolean not null default false,
      image text,
      two_factor_enabled boolean not null default false,
      operator_role text check (operator_role in ('admin', 'support', 'auditor')),
      ${times}
    )`);
    // `made_password`: the hash of a password that was made for the person; as long as it is the present one, another has to be chosen.
    this.addSql(`create table access.credential (
      id text collate "C" primary key,
      account_id text not null,
      provider_id text not null,
      user_id ${person},
      access_token text,
      refresh_token text,
      id_token text,
      access_token_expires_at timestamptz(3),
      refresh_token_expires_at timestamptz(3),
      scope text,
      password text,
      made_password text,
      ${times}
    )`);
    this.addSql(`create index credential_user on access.credential (user_id)`);
    this.addSql(`create table access.verification (
      id text collate "C" primary key,
      identifier text not null,
      value text not null,
      expires_at timestamptz(3) not null,
      ${times}
    )`);
    this.addSql(`create index verification_identifier on access.verification (identifier)`);
    this.addSql(`create table access.two_factor (
      id text collate "C" primary key,
      secret text not null,
      backup_codes text not null,
      user_id ${person},
      verified boolean not null default true,
      failed_verification_count int not null default 0,
      locked_until timestamptz(3)
    )`);
    this.addSql(`create index two_factor_user on access.two_factor (user_id)`);
    this.addSql(`create table access.sign_in_rate (
      id text collate "C" primary key,
      key text not null unique,
      count int not null,
      last_request bigint not null
    )`);
  }

  private sessions(table: string): void {
    this.addSql(`create table ${table} (
      id text collate "C" primary key,
      token text not null unique,
      user_id ${person},
      expires_at timestamptz(3) not null,
      ip_address text,
      user_agent text,
      ${times}
    )`);
    this.addSql(`create index on ${table} (user_id)`);
  }

  private members(): void {
    // An invitation is a member whose person is not known yet: whoever proves to have the address becomes it.
    this.addSql(`create table access.member (
      id text collate "C" primary key,
      account_id ${account},
      email text not null check (email = lower(email)),
      person_id text collate "C" references access.person (id) on delete cascade,
      role text not null check (role in ('owner', 'developer', 'viewer')),
      ${created},
      constraint member_account_email_key unique (account_id, email)
    )`);
    this.addSql(`create index member_person on access.member (person_id)`);
    this.addSql(`create index member_email on access.member (email)`);
  }

  private tiers(): void {
    this.addSql(`create table access.tier (
      name text primary key,
      quota jsonb not null,
      burst jsonb not null,
      changed_at timestamptz(3) not null default now()
    )`);
    for (const [name, { quota, burst }] of Object.entries(TIERS)) {
      this.addSql(
        `insert into access.tier (name, quota, burst) values ('${name}', '${JSON.stringify(quota)}', '${JSON.stringify(burst)}')`,
      );
    }
  }

  private tickets(): void {
    this.addSql(`create table access.ticket (
      id text collate "C" primary key,
      account_id ${account},
      opened_by text collate "C" not null,
      subject text not null,
      status text not null check (status in ('open', 'answered', 'closed')),
      ${times}
    )`);
    this.addSql(`create index ticket_account on access.ticket (account_id, created_at)`);
    this.addSql(`create index ticket_status on access.ticket (status, created_at)`);
    this.addSql(`create table access.ticket_message (
      id text collate "C" primary key,
      ticket_id text collate "C" not null references access.ticket (id) on delete cascade,
      author_side text not null check (author_side in ('developer', 'operator')),
      author_name text not null,
      body text not null,
      ${created}
    )`);
    this.addSql(`create index ticket_message_ticket on access.ticket_message (ticket_id, id)`);
  }
}
