// What every procedure is built from: who may call it is decided here, before its input is looked at.
import { AppError, ERRORS, type ErrorCode, errorCodeOf, notFound } from '@portico/contracts/errors';
import { translateDatabaseError } from '@portico/service-kit/database/database-errors';
import { parseInput } from '@portico/service-kit/parse-input';
import { initTRPC, TRPCError } from '@trpc/server';
import { z } from 'zod';
import { isAtLeast, Member, type MemberRole } from '../members/member.entity.ts';
import { hasMadePassword } from '../people/operators.ts';
import type { OperatorRole, Person } from '../people/person.entity.ts';
import type { CallContext } from './context.ts';

type TrpcCode = TRPCError['code'];
const CODE_BY_STATUS: Readonly<Record<number, TrpcCode>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  402: 'PAYMENT_REQUIRED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_SUPPORTED',
  409: 'CONFLICT',
  412: 'PRECONDITION_FAILED',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  429: 'TOO_MANY_REQUESTS',
  502: 'BAD_GATEWAY',
  503: 'SERVICE_UNAVAILABLE',
  504: 'GATEWAY_TIMEOUT',
};

const t = initTRPC.context<CallContext>().create({
  isDev: false,
  errorFormatter: ({ shape, error }) => ({ ...shape, ...shown(error) }),
});
export const { router, createCallerFactory } = t;

/** For everybody. */
const publicProcedure = t.procedure.use(async ({ next }) => {
  const result = await next();
  if (result.ok) return result;
  const refusal = refusalOf(result.error.cause);
  if (!(refusal instanceof TRPCError)) return result;
  throw refusal;
});

/** What has a code of the catalogue, as tRPC's error with the status of that code; anything else as it is. */
export function refusalOf(error: unknown): unknown {
  const cause = translateDatabaseError(error);
  if (!(cause instanceof AppError)) return error;
  return new TRPCError({ code: CODE_BY_STATUS[ERRORS[cause.code].status] ?? 'INTERNAL_SERVER_ERROR', message: cause.message, cause });
}

/** For whoever is signed in on this side. */
export const personProcedure = publicProcedure.use(({ ctx, next }) => {
  if (ctx.person === undefined) throw new AppError('AUTHENTICATION_ERROR', 'Sign in first.');
  return next({ ctx: { person: ctx.person } });
});

/** For members of the account that the input names, with this role or a higher one. To others the account does not exist. */
export function developerProcedure(needed: MemberRole) {
  return personProcedure.input(checked(z.object({ accountId: z.string().max(64) }))).use(async ({ ctx, input, next }) => {
    return next({ ctx: { member: await requireMember(ctx, input.accountId, needed) } });
  });
}

type SignedIn = Pick<CallContext, 'admin'> & { person: Person };

/** The person's membership of the account. NOT_FOUND for an account of others, AUTHORIZATION_ERROR for a lower role. */
export async function requireMember({ admin, person }: SignedIn, accountId: string, needed: MemberRole): Promise<Member> {
  const member = await admin.database.fork().findOne(Member, { accountId, personId: person.id });
  if (member === null) throw notFound('account', accountId);
  if (!isAtLeast(member.role, needed)) throw new AppError('AUTHORIZATION_ERROR', `This needs the role ${needed} in the account.`);
  return member;
}

/** For operators with one of these roles who have chosen a password of their own. */
export function operatorProcedure(...roles: readonly [OperatorRole, ...OperatorRole[]]) {
  return personProcedure.use(async ({ ctx, next }) => {
    return next({ ctx: { operatorRole: await requireOperator(ctx, roles) } });
  });
}

/** The operator's role. AUTHORIZATION_ERROR for another role than these, or one who has not chosen a password yet. */
export async function requireOperator({ admin, person }: SignedIn, roles: readonly OperatorRole[]): Promise<OperatorRole> {
  const { operatorRole } = person;
  if (operatorRole == null || !roles.includes(operatorRole)) {
    throw new AppError('AUTHORIZATION_ERROR', `This needs the role ${roles.join(' or ')}.`);
  }
  if (await hasMadePassword(admin, person.id)) throw new AppError('AUTHORIZATION_ERROR', 'Choose a password of your own first.');
  return operatorRole;
}

/** An input parser that refuses as everything here does: VALIDATION_ERROR with a text per field. */
export function checked<Schema extends z.ZodType>(schema: Schema) {
  // tRPC infers what a caller sends and what a procedure gets from these two properties; they exist as types only.
  const parse = (input: unknown): z.output<Schema> => parseInput(schema, input);
  return { parse } as { parse: typeof parse; _input: z.input<Schema>; _output: z.output<Schema> };
}

/** What a caller reads of an error: a code of the catalogue, its message, its fields. Nothing of a surprise. */
function shown({ cause, code, message }: TRPCError): { message: string; data: ShownError } {
  const status = Number(Object.keys(CODE_BY_STATUS).find((key) => CODE_BY_STATUS[Number(key)] === code) ?? 500);
  if (cause instanceof AppError) {
    const { code: ownCode, details = {}, retryAfterSeconds } = cause;
    return { message: cause.message, data: { code: ownCode, httpStatus: ERRORS[ownCode].status, details, retryAfterSeconds } };
  }
  const ownCode = errorCodeOf(status);
  // tRPC's own words are about the request: its path, its method, its JSON.
  const text = status < 500 ? message : ERRORS[ownCode].title;
  return { message: text, data: { code: ownCode, httpStatus: status, details: {}, retryAfterSeconds: undefined } };
}

export type ShownError = {
  code: ErrorCode;
  httpStatus: number;
  details: Readonly<Record<string, unknown>>;
  retryAfterSeconds: number | undefined;
};
