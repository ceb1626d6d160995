import type { DeveloperRouter } from '@portico/admin-server/trpc/developer-router';
import { showApp } from '@portico/ui/app-root';
import { openApp } from '@portico/ui/data/open-app';
import { RouterProvider } from '@tanstack/react-router';
import { createTRPCClient, httpLink } from '@trpc/client';
import { TRPCProvider } from './api.tsx';
import { createPages } from './pages.tsx';

const app = openApp({ name: 'Portico for developers', base: import.meta.env.BASE_URL, signsUp: true });
const client = createTRPCClient<DeveloperRouter>({ links: [httpLink({ url: `${app.api}/trpc` })] });

showApp(
  app,
  <TRPCProvider trpcClient={client} queryClient={app.queryClient}>
    <RouterProvider router={createPages(app)} />
  </TRPCProvider>,
);
