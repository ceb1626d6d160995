import { Badge } from '@mantine/core';
import { AppLayout } from '@portico/ui/layout/app-layout';
import { Loaded } from '@portico/ui/show/loaded';
import { useQuery } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import { useApi } from '../api.tsx';
import { MeProvider } from '../me.tsx';
import { Navigation } from './navigation.tsx';
import { OwnPasswordPage } from './own-password-page.tsx';

/** Around every page of whoever is signed in. */
export function Shell() {
  const me = useQuery(useApi().me.get.queryOptions());
  return (
    <Loaded query={me}>
      {(found) =>
        found.mustChoosePassword ? (
          <OwnPasswordPage email={found.email} />
        ) : (
          <MeProvider me={found}>
            <AppLayout person={found} header={<Badge variant="outline">{found.role}</Badge>} navigation={<Navigation />}>
              <Outlet />
            </AppLayout>
          </MeProvider>
        )
      }
    </Loaded>
  );
}
