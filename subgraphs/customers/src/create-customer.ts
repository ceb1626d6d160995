import { AppError } from '@portico/contracts/errors';
import { customerCreated } from '@portico/contracts/events/customers';
import { createOnce } from '@portico/service-kit/database/create-once';
import { brokenUniqueConstraint } from '@portico/service-kit/database/database-errors';
import { tenantOf } from '@portico/service-kit/database/tenant';
import { emit } from '@portico/service-kit/outbox/outbox';
import { parseInput } from '@portico/service-kit/parse-input';
import type { Row } from '@portico/service-kit/reads/reads';
import type { Selection } from '@portico/service-kit/reads/selection';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import { Customer } from './customer.entity.ts';
import { createInput, personalColumns } from './customer-input.ts';
import { customerReads } from './customer-reads.ts';
import { customerRow } from './customer-row.ts';

/** Adds a customer. VALIDATION_ERROR for fields, CONFLICT for an e-mail address that another customer has. */
export function createCustomer(context: SubgraphContext, input: unknown, selection: Selection): Promise<Row> {
  const { status, ...person } = parseInput(createInput, input);
  return createOnce<Row>(context, 'customer', 'customer_pkey', {
    find: (id) => context.reads.one(customerReads, context.caller, 't.id', id, selection),
    create: (id) =>
      refuseSecondEmail(() =>
        context.write(async (em) => {
          const at = context.now();
          const customer = em.create(Customer, {
            ...tenantOf(context.caller),
            ...personalColumns(context, id, person),
            id,
            status: status ?? 'active',
            createdAt: at,
            updatedAt: at,
          });
          em.persist(customer);
          const payload = { id, status: customer.status, createdAt: at.toISOString() };
          emit(em, customerCreated, { caller: context.caller, aggregateId: id, payload, at });
          await em.flush();
          return customerRow(customer);
        }),
      ),
  });
}

/** Turns the database's word on an address that is taken into CONFLICT. The address itself is not repeated. */
export async function refuseSecondEmail<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (brokenUniqueConstraint(error) !== 'customer_email') throw error;
    throw new AppError('CONFLICT', 'Another customer has this e-mail address.', { details: { email: 'It is in use already.' } });
  }
}
