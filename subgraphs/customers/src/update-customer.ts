import type { EntityManager } from '@mikro-orm/postgresql';
import { AppError, notFound } from '@portico/contracts/errors';
import { parseInput } from '@portico/service-kit/parse-input';
import type { Row } from '@portico/service-kit/reads/reads';
import { requireVersion, type SubgraphContext } from '@portico/service-kit/subgraph/context';
import { refuseSecondEmail } from './create-customer.ts';
import { Customer } from './customer.entity.ts';
import { personalColumns, updateInput } from './customer-input.ts';
import { customerRow, openPersonalData } from './customer-row.ts';

/** Changes the given properties; null clears one that may be absent. INVALID_STATE for a customer that was erased. */
export function updateCustomer(context: SubgraphContext, id: string, input: unknown, expectedVersion?: number | null): Promise<Row> {
  const { status, ...changes } = parseInput(updateInput, input);
  return refuseSecondEmail(() =>
    context.write(async (em) => {
      const customer = await findCustomer(em, id);
      if (customer.status === 'erased') {
        throw new AppError('INVALID_STATE', 'The customer was erased and cannot be changed.', {
          details: { status: customer.status, allowed: [] },
        });
      }
      requireVersion(customer, expectedVersion);
      const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
      const person = { ...openPersonalData(context.keyRing, customer), ...given };
      em.assign(customer, { ...personalColumns(context, id, person), status: status ?? customer.status, updatedAt: context.now() });
      await em.flush();
      return customerRow(customer);
    }),
  );
}

export async function findCustomer(em: EntityManager, id: string): Promise<Customer> {
  const customer = await em.findOne(Customer, { id });
  if (customer === null) throw notFound('customer', id);
  return customer;
}
