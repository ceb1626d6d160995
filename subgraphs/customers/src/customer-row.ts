import type { Address } from '@portico/service-kit/address';
import type { Row } from '@portico/service-kit/reads/reads';
import type { KeyRing } from '@portico/service-kit/sealing/key-ring';
import { type Customer, sealed } from './customer.entity.ts';
import type { PersonalData } from './customer-input.ts';

/** A customer entity as the resolvers take it: sealed columns under the names that the read model gives them. */
export function customerRow(customer: Customer): Row {
  const { id, status, createdAt, updatedAt, version, email, name, phone, address } = customer;
  return { id, status, createdAt, updatedAt, version, emailSealed: email, nameSealed: name, phoneSealed: phone, addressSealed: address };
}

/** The personal data of a customer that was not erased. */
export function openPersonalData(ring: KeyRing, customer: Customer): PersonalData {
  const { id, email, name, phone, address } = customer;
  if (typeof email !== 'string' || typeof name !== 'string') throw new Error(`The customer ${id} has no personal data.`);
  return {
    email: sealed.email.open(ring, id, email),
    name: sealed.name.open(ring, id, name),
    phone: typeof phone === 'string' ? sealed.phone.open(ring, id, phone) : null,
    address: typeof address === 'string' ? (sealed.address.open(ring, id, address) satisfies Address) : null,
  };
}
