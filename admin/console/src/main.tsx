import type { OperatorRouter } from '@portico/admin-server/trpc/operator-router';
import './console.css';
import { showApp } from '@portico/ui/app-root';
import { openApp } from '@portico/ui/data/open-app';
import { RouterProvider } from '@tanstack/react-router';
import { createTRPCClient, httpLink } from '@trpc/client';
import { TRPCProvider } from './api.tsx';
import { createPages } from './pages.tsx';

const app = openApp({ name: 'Portico console', base: import.meta.env.BASE_URL, signsUp: false });
const client = createTRPCClient<OperatorRouter>({ links: [httpLink({ url: `${app.api}/trpc` })] });

showApp(
  app,
  <TRPCProvider trpcClient={client} queryClient={app.queryClient}>
    <RouterProvider router={createPages(app)} />
  </TRPCProvider>,
);
