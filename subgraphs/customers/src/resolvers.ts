import { searchText } from '@portico/service-kit/reads/filters';
import { oneById, referenceTo } from '@portico/service-kit/reads/model-fields';
import { type ListArguments, readPage } from '@portico/service-kit/reads/read-page';
import type { Row } from '@portico/service-kit/reads/reads';
import { selectionOf } from '@portico/service-kit/reads/selection';
import { needs, type References, type Resolver, type Resolvers } from '@portico/service-kit/subgraph/build-schema';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import { createCustomer } from './create-customer.ts';
import { sealed } from './customer.entity.ts';
import { customerReads } from './customer-reads.ts';
import { eraseCustomer } from './erase-customer.ts';
import { emailIndex, searchTokens } from './search-tokens.ts';
import { updateCustomer } from './update-customer.ts';

type ById = { id: string };
type Expecting = { expectedVersion?: number | null };
type CustomerFilter = { email?: readonly string[] | null; q?: string | null } & Readonly<Record<string, unknown>>;

export const resolvers: Resolvers = {
  Query: {
    customers: needs('customers:read', (_, args: ListArguments, context, info) =>
      readPage(context, customerReads, { ...args, filter: blindFilter(context, args.filter ?? {}) }, info),
    ),
    customer: oneById(customerReads, 'customer', 'customers:read'),
  },
  Mutation: {
    createCustomer: needs('customers:write', (_, { input }: { input: unknown }, context, info) =>
      createCustomer(context, input, selectionOf(info)),
    ),
    updateCustomer: needs('customers:write', (_, { id, input, expectedVersion }: ById & Expecting & { input: unknown }, context) =>
      updateCustomer(context, id, input, expectedVersion),
    ),
    eraseCustomer: needs('customers:write', (_, { id, expectedVersion }: ById & Expecting, context) =>
      eraseCustomer(context, id, expectedVersion),
    ),
  },
  Customer: { email: opening('email'), name: opening('name'), phone: opening('phone'), address: opening('address') },
};

export const references: References = { Customer: referenceTo(customerReads, 'customers:read') };

/** A column is opened only when its field is asked for. */
function opening(column: keyof typeof sealed): Resolver {
  return (row: Row, _: unknown, { keyRing }: SubgraphContext) => {
    const text = row[`${column}Sealed`];
    return typeof text === 'string' ? sealed[column].open(keyRing, String(row.id), text) : null;
  };
}

function blindFilter({ blindIndex, caller }: SubgraphContext, { email, q, ...others }: CustomerFilter): Readonly<Record<string, unknown>> {
  return {
    ...others,
    email: email?.map((address) => emailIndex(blindIndex, caller, address)),
    // A search without a word finds nothing: no customer has the empty token.
    q: typeof q === 'string' ? nonEmpty(searchTokens(blindIndex, caller, searchText(q))) : undefined,
  };
}

function nonEmpty(tokens: readonly string[]): readonly string[] {
  return tokens.length === 0 ? [''] : tokens;
}
