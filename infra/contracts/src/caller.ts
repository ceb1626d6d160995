// Who asks. Made once at an edge, after the credentials were checked, and handed down unchanged to whatever does the work.
import { z } from 'zod';
import { AppError } from './errors.ts';
import { MODES, type Mode } from './modes.ts';
import { covers, type ResourceScope } from './scopes.ts';

export { MODES, type Mode };

/** Every row, key and event belongs to exactly one tenant: an account in one mode. */
export type Tenant = { readonly accountId: string; readonly mode: Mode };

/** A text that stands for the tenant, in maps and caches. */
export function tenantKey({ accountId, mode }: Tenant): string {
  return `${accountId} ${mode}`;
}

export type Caller = Tenant & {
  readonly scopes: ReadonlySet<string>;
  /** The credential or program that asks: `key_…`, `service:orders`. For logs and audit, never for a decision. */
  readonly actor: string;
  readonly requestId: string;
  /** W3C trace context of this request, when there is one. */
  readonly traceparent?: string | undefined;
  /** Same value for every try of one idempotent request: ids made from it are the same in every try. */
  readonly idempotencySeed?: string | undefined;
};

/** A caller as it travels between our programs. */
export const callerMessage = z.object({
  accountId: z.string(),
  mode: z.enum(MODES),
  scopes: z.array(z.string()),
  actor: z.string(),
  requestId: z.string(),
  traceparent: z.string().optional(),
  idempotencySeed: z.string().optional(),
});
export type CallerMessage = z.infer<typeof callerMessage>;

export function toCallerMessage(caller: Caller): CallerMessage {
  return { ...caller, scopes: [...caller.scopes] };
}

export function fromCallerMessage(message: CallerMessage): Caller {
  return { ...message, scopes: new Set(message.scopes) };
}

/** Throws AUTHORIZATION_ERROR naming the scope, unless the caller has it. */
export function requireScope(caller: Caller, scope: ResourceScope): void {
  if (!covers(caller.scopes, scope)) {
    throw new AppError('AUTHORIZATION_ERROR', `This needs the scope ${scope}.`, { details: { requiredScope: scope } });
  }
}

/** The same tenant and request, acted on by one of our own programs with the scopes that its part of the work needs. */
export function asService(caller: Caller, service: string, scopes: readonly ResourceScope[]): Caller {
  return { ...caller, actor: `service:${service}`, scopes: new Set(scopes) };
}
