import type { OperatorRouter } from '@portico/admin-server/trpc/operator-router';
import { createTRPCContext } from '@trpc/tanstack-react-query';

/** The procedures of operators, typed by the server that answers them. */
export const { TRPCProvider, useTRPC: useApi, useTRPCClient: useApiClient } = createTRPCContext<OperatorRouter>();
