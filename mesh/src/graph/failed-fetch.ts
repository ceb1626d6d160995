import type { ErrorCode } from '@portico/contracts/errors';
import { GraphQLError } from 'graphql';
import type { SubgraphResult } from './subgraph-fetch.ts';

/** What a fetch comes to that got no answer to rely on. Neither address nor body of what failed may travel on: the code is all that callers learn. */
export function failedFetch(code: ErrorCode): SubgraphResult & { data: null } {
  return {
    data: null,
    errors: [new GraphQLError('A part of the platform did not answer.', { extensions: { code, retryAfterSeconds: 1 } })],
  };
}
