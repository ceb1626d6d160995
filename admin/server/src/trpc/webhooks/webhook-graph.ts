// Webhooks belong to the relay: this side reads and changes them through the graph, as a service in the tenant that the person has chosen.
import { asService, MODES } from '@portico/contracts/caller';
import { notFound } from '@portico/contracts/errors';
import type { ResourceScope } from '@portico/contracts/scopes';
import { z } from 'zod';
import type { CallContext } from '../context.ts';

/** Names one tenant. Who may act in it is decided from `accountId`. */
export const tenantInput = z.object({ accountId: z.string().max(64), mode: z.enum(MODES) });
export const oneInput = tenantInput.extend({ id: z.string().max(64) });
export const pageInput = tenantInput.extend({
  size: z.int().min(1).max(100).default(20),
  /** Of the page before; absent for the first. */
  cursor: z.string().max(1_000).optional(),
});
export type TenantInput = z.output<typeof tenantInput>;

const SCOPES: readonly ResourceScope[] = ['webhooks:read', 'webhooks:write'];

type Asking = Pick<CallContext, 'graph' | 'requestId'>;

/** Runs a document in the tenant and answers its one field. */
export async function askField<Result>(
  { graph, requestId }: Asking,
  { accountId, mode }: TenantInput,
  document: string,
  variables: Readonly<Record<string, unknown>>,
): Promise<Result> {
  const caller = asService({ accountId, mode, requestId, actor: '', scopes: new Set() }, 'admin', SCOPES);
  const data = await graph.execute<Readonly<Record<string, Result>>>(document, variables, caller);
  const [result] = Object.values(data);
  if (result === undefined) throw new Error('The graph answered nothing.');
  return result;
}

/** The same for a thing that may not be there. Throws NOT_FOUND by the word for it. */
export async function askOne<Result>(asking: Asking, given: TenantInput & { id: string }, document: string, what: string): Promise<Result> {
  const found = await askField<Result | null>(asking, given, document, { id: given.id });
  if (found === null) throw notFound(what, given.id);
  return found;
}

/** A page of a list, walked by cursor. */
export type Page<Item> = { readonly items: readonly Item[]; readonly nextCursor: string | null };

export function pageOf({ size, cursor }: z.output<typeof pageInput>): Readonly<Record<string, unknown>> {
  return cursor === undefined ? { size } : { size, cursor };
}
