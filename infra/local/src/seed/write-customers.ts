import type { Tenant } from '@portico/contracts/caller';
import { sealed } from '@portico/customers/customer.entity';
import { type BlindIndex, emailIndex, searchTokens } from '@portico/customers/search-tokens';
import type { KeyRing } from '@portico/service-kit/sealing/key-ring';
import type { Client } from 'pg';
import type { DemoCustomer } from './demo-customers.ts';
import { insertRows } from './insert-rows.ts';

export function insertCustomers(
  client: Client,
  tenant: Tenant,
  { ring, blindIndex }: { ring: KeyRing; blindIndex: BlindIndex },
  customers: readonly DemoCustomer[],
): Promise<void> {
  const rows = customers.map(({ id, name, email, phone, address, status, createdAt }) => ({
    id,
    email_sealed: sealed.email.seal(ring, id, email),
    name_sealed: sealed.name.seal(ring, id, name),
    phone_sealed: sealed.phone.seal(ring, id, phone),
    address_sealed: sealed.address.seal(ring, id, address),
    email_index: emailIndex(blindIndex, tenant, email),
    search_tokens: searchTokens(blindIndex, tenant, `${name} ${email}`),
    status,
    created_at: createdAt,
    updated_at: createdAt,
    version: 1,
  }));
  return insertRows(client, tenant, 'customers.customer', rows);
}
