import { addressInput } from '@portico/service-kit/address';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import { z } from 'zod';
import { sealed } from './customer.entity.ts';
import { emailIndex, searchTokens } from './search-tokens.ts';

const status = z.enum(['active', 'inactive'], 'It must be active or inactive; erasing is a deletion.');

export const createInput = z.object({
  email: z.email('It must be an e-mail address.').max(254),
  name: z.string().trim().min(1).max(200),
  phone: z.string().trim().min(3).max(32).nullish(),
  address: addressInput.nullish(),
  status: status.nullish(),
});
export type PersonalData = Pick<z.output<typeof createInput>, 'email' | 'name' | 'phone' | 'address'>;

export const updateInput = z.object({
  email: createInput.shape.email.optional(),
  name: createInput.shape.name.optional(),
  phone: createInput.shape.phone,
  address: createInput.shape.address,
  status: status.optional(),
});

/** The columns that hold a person's data: sealed, and the blind indexes by which it can be found. */
export function personalColumns({ keyRing, blindIndex, caller }: SubgraphContext, id: string, person: PersonalData) {
  return {
    email: sealed.email.seal(keyRing, id, person.email),
    name: sealed.name.seal(keyRing, id, person.name),
    phone: typeof person.phone === 'string' ? sealed.phone.seal(keyRing, id, person.phone) : null,
    address: person.address ? sealed.address.seal(keyRing, id, person.address) : null,
    emailIndex: emailIndex(blindIndex, caller, person.email),
    searchTokens: searchTokens(blindIndex, caller, `${person.name} ${person.email}`),
  };
}
