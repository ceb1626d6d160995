// `/graphql` for internal teams: the same graph that the REST contract is made of, behind a token and limits.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { AppError, ERRORS } from '@portico/contracts/errors';
import type { Logger } from '@portico/service-kit/logger';
import { traceAnswer } from '@portico/service-kit/tracing/trace-answer';
import type { Tracing } from '@portico/service-kit/tracing/tracing';
import { type ExecutionArgs, GraphQLError, getOperationAST, getVariableValues, Kind } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import type { PublicKeys } from '../access/bearer/public-keys.ts';
import { createGraphRequest, type GraphContext } from '../graph/graph-request.ts';
import { maskError } from '../graph/mask-errors.ts';
import type { Graph } from '../graph/open-graph.ts';
import { type Admitted, createServiceAuthenticator } from './authenticate-service.ts';
import { createGraphiqlPage, sendPage } from './graphiql-page.ts';
import { limitQueries, type QueryLimits } from './query-limits.ts';

export type GraphqlOptions = {
  graph: Graph;
  keys: PublicKeys;
  /** `iss` that a service token must have. */
  issuer: string;
  internalSecret: string;
  development: boolean;
  logger: Logger;
  tracing: Tracing;
  limits?: QueryLimits;
};

type ServerContext = { req: IncomingMessage; res: ServerResponse; admitted: Admitted };
type QueryContext = GraphContext & Pick<Admitted, 'permissions'>;

/** 100 rows of 20 fields with a join or two; an export walks by cursor. */
const LIMITS: QueryLimits = { depthMax: 12, costMax: 20_000 };
const BODY_BYTES_MAX = 1_048_576;
const PROBLEMS_MAX = 20;

export function createGraphqlHandler(options: GraphqlOptions): RequestListener {
  const { graph, logger, development, tracing } = options;
  const authenticate = createServiceAuthenticator(options);
  const yoga = createYoga<ServerContext>({
    graphqlEndpoint: '/graphql',
    landingPage: false,
    graphiql: false,
    batching: false,
    multipart: false,
    logging: false,
    maskedErrors: false,
    plugins: [...(graph.plugins as Plugin[]), guard(options, options.limits ?? LIMITS)],
    context: ({ admitted }): QueryContext => ({ graphRequest: createGraphRequest(admitted.caller), permissions: admitted.permissions }),
  });
  const page = development ? createGraphiqlPage() : undefined;
  return (req, res) => {
    // GraphiQL is a page; the queries it sends carry the token.
    if (page !== undefined && req.method === 'GET' && req.headers.accept?.includes('text/html') === true) return sendPage(res, page);
    if (Number(req.headers['content-length'] ?? 0) > BODY_BYTES_MAX) return refuse(req, res, new AppError('PAYLOAD_TOO_LARGE'));
    // A body of unknown length would have to be counted while somebody else reads it.
    if (req.headers['transfer-encoding'] !== undefined)
      return refuse(req, res, new AppError('VALIDATION_ERROR', 'The request must say its Content-Length.'));
    authenticate(singleHeaders(req)).then(
      ({ caller, permissions }) => yoga(req, res, { req, res, admitted: { caller: traceAnswer(tracing, res, caller), permissions } }),
      (error: unknown) => {
        if (!(error instanceof AppError)) logger.error({ err: error }, 'a service token could not be checked');
        refuse(req, res, error instanceof AppError ? error : new AppError('SERVICE_UNAVAILABLE'));
      },
    );
  };
}

/** Limits before execution, permissions at execution, and nothing of the inside in errors. */
function guard({ logger }: GraphqlOptions, limits: QueryLimits): Plugin {
  return {
    onValidate({ addValidationRule, validateFn, setValidationFn }) {
      addValidationRule(limitQueries(limits));
      // Yoga and Mesh both add the rules of GraphQL. One that ran twice would say everything twice.
      setValidationFn((schema, document, rules, ...rest) => validateFn(schema, document, [...new Set(rules)], ...rest));
    },
    onExecute({ args, setResultAndStopExecution }) {
      const problems = variableProblems(args);
      if (problems.length > 0) return setResultAndStopExecution({ errors: problems });
      // Yoga types its context by what it puts there itself; ours was added above.
      const { graphRequest, permissions } = args.contextValue as unknown as QueryContext;
      const writes = args.document.definitions.some(
        (node: { kind: string; operation?: string }) => node.kind === Kind.OPERATION_DEFINITION && node.operation === 'mutation',
      );
      const needed = writes ? 'graph:write' : 'graph:read';
      if (permissions !== undefined && !permissions.has(needed)) {
        const extensions = { code: 'AUTHORIZATION_ERROR', details: { requiredScope: needed } };
        return setResultAndStopExecution({ errors: [new GraphQLError(`This needs the scope ${needed}.`, { extensions })] });
      }
      return {
        onExecuteDone({ result, setResult }) {
          if (!('errors' in result) || result.errors === undefined) return;
          setResult({ ...result, errors: result.errors.map((error) => maskError(error, logger, graphRequest.caller.requestId)) });
        },
      };
    },
  };
}

/** A compiled plan hands variables on as they are; whether they fit their types is looked at here, as it is for literals when they are validated. */
function variableProblems({ schema, document, operationName, variableValues }: ExecutionArgs): GraphQLError[] {
  const operation = getOperationAST(document, operationName);
  const { errors = [] } = getVariableValues(schema, operation?.variableDefinitions ?? [], variableValues ?? {}, {
    maxErrors: PROBLEMS_MAX,
  });
  return errors.map(({ message, nodes }) => new GraphQLError(message, { nodes: nodes ?? null, extensions: { code: 'VALIDATION_ERROR' } }));
}

function singleHeaders(req: IncomingMessage): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(req.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]));
}

function refuse(req: IncomingMessage, res: ServerResponse, { code, message }: AppError): void {
  const body = JSON.stringify({ errors: [{ message, extensions: { code } }] });
  const headers: Record<string, string> = {
    'content-type': 'application/json; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  if (code === 'AUTHENTICATION_ERROR') headers['www-authenticate'] = 'Bearer realm="portico-graph"';
  res.writeHead(ERRORS[code].status, headers);
  // What is still coming is let run into nothing: closed under a peer that writes, it would never read why.
  if (req.complete) return void res.end(body);
  req.once('end', () => res.end(body)).once('error', () => res.destroy());
  req.resume();
}
