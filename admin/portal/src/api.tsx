import type { DeveloperRouter } from '@portico/admin-server/trpc/developer-router';
import { createTRPCContext } from '@trpc/tanstack-react-query';

/** The procedures of developers, typed by the server that answers them. */
export const { TRPCProvider, useTRPC: useApi, useTRPCClient: useApiClient } = createTRPCContext<DeveloperRouter>();
