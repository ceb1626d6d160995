import { useSession } from '@portico/ui/data/use-session';
import { AppLayout } from '@portico/ui/layout/app-layout';
import { Outlet } from '@tanstack/react-router';

export function Shell() {
  const { user } = useSession();
  return (
    <AppLayout person={user} navigation={null}>
      <Outlet />
    </AppLayout>
  );
}
