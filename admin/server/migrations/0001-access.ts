import { Migration } from '@mikro-orm/migrations';

export class Access extends Migration {
  override up(): void {
    this.addSql(`create table access.account (
      id text collate "C" primary key,
      slug text not null unique,
      name text not null,
      allowed_origins jsonb not null default '[]',
      created_at timestamptz(3) not null
    )`);
    this.addSql(`create table access.api_key (
      id text collate "C" primary key,
      account_id text collate "C" not null references access.account (id),
      mode text not null,
      name text not null,
      key_hash text collate "C" not null unique,
      key_hint text not null,
      secret_sealed text not null,
      scopes jsonb not null,
      tier text not null,
      quota jsonb,
      burst jsonb,
      signatures jsonb not null,
      allowed_addresses jsonb not null,
      status text not null,
      created_at timestamptz(3) not null,
      last_used_at timestamptz(3),
      expires_at timestamptz(3) not null,
      revoked_at timestamptz(3),
      replaced_by text,
      version int not null default 1
    )`);
    this.addSql(`create index api_key_account on access.api_key (account_id, created_at)`);
    this.addSql(`create table access.signing_key (
      id text collate "C" primary key,
      private_key_sealed text not null,
      public_jwk jsonb not null,
      created_at timestamptz(3) not null,
      retired_at timestamptz(3)
    )`);
    // The two tables below are the gateway's: it owns no schema of its own, and they belong to what decides whether a request runs.
    this.addSql(`create table access.idempotency_key (
      account_id text collate "C" not null,
      mode text collate "C" not null,
      key text collate "C" not null,
      request_hash text not null,
      seed text not null,
      state text not null check (state in ('running', 'done')),
      status int,
      headers jsonb,
      body bytea,
      created_at timestamptz(3) not null default now(),
      locked_until timestamptz(3) not null,
      expires_at timestamptz(3) not null,
      primary key (account_id, mode, key)
    )`);
    this.addSql(`create index idempotency_key_expiry on access.idempotency_key (expires_at)`);
    this.addSql(`create table access.used_signature (
      key_id text collate "C" not null,
      signature text collate "C" not null,
      idempotency_key text,
      expires_at timestamptz(3) not null,
      primary key (key_id, signature)
    )`);
    this.addSql(`create index used_signature_expiry on access.used_signature (expires_at)`);
  }
}
