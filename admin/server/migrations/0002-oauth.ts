import { Migration } from '@mikro-orm/migrations';

export class Oauth extends Migration {
  override up(): void {
    this.addSql(`create table access.oauth_client (
      id text collate "C" primary key,
      account_id text collate "C" not null references access.account (id),
      mode text not null,
      name text not null,
      secret_hash text collate "C" not null,
      secret_hint text not null,
      previous_secret_hash text collate "C",
      previous_secret_until timestamptz(3),
      scopes jsonb not null,
      tier text not null,
      quota jsonb,
      burst jsonb,
      status text not null,
      created_at timestamptz(3) not null,
      last_used_at timestamptz(3),
      revoked_at timestamptz(3),
      version int not null default 1
    )`);
    this.addSql(`create index oauth_client_account on access.oauth_client (account_id, created_at)`);
    // What one grant led to: every refresh token follows from the one before it. The row is what a refresh locks.
    this.addSql(`create table access.token_family (
      id text collate "C" primary key,
      client_id text collate "C" not null references access.oauth_client (id),
      scopes jsonb not null,
      created_at timestamptz(3) not null,
      expires_at timestamptz(3) not null,
      revoked_at timestamptz(3)
    )`);
    this.addSql(`create index token_family_client on access.token_family (client_id)`);
    this.addSql(`create index token_family_expiry on access.token_family (expires_at)`);
    this.addSql(`create table access.refresh_token (
      token_hash text collate "C" primary key,
      family_id text collate "C" not null references access.token_family (id) on delete cascade,
      issued_at timestamptz(3) not null,
      expires_at timestamptz(3) not null,
      used_at timestamptz(3),
      replaced_by text collate "C"
    )`);
    this.addSql(`create index refresh_token_family on access.refresh_token (family_id)`);
    this.addSql(`create table access.revoked_token (
      id text collate "C" primary key,
      expires_at timestamptz(3) not null
    )`);
    this.addSql(`create index revoked_token_expiry on access.revoked_token (expires_at)`);
    this.addSql(`alter table access.signing_key add column not_before timestamptz(3)`);
    this.addSql(`update access.signing_key set not_before = created_at`);
    this.addSql(`alter table access.signing_key alter column not_before set not null`);
  }
}
