import { Code, Group } from '@mantine/core';
import { Page } from '@portico/ui/layout/page';
import { Loaded } from '@portico/ui/show/loaded';
import { Time } from '@portico/ui/show/time';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, Outlet, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useApi } from '../api.tsx';

const route = getRouteApi('/signed-in/accounts/$accountId');

const TABS = [
  ['Overview', '/accounts/$accountId'],
  ['API keys', '/accounts/$accountId/keys'],
  ['OAuth clients', '/accounts/$accountId/clients'],
  ['Members', '/accounts/$accountId/members'],
  ['Webhooks', '/accounts/$accountId/webhooks'],
  ['Usage', '/accounts/$accountId/usage'],
  ['Requests', '/accounts/$accountId/requests'],
  ['Tickets', '/accounts/$accountId/tickets'],
  ['Admin log', '/accounts/$accountId/log'],
] as const;

/** One account: what it is above, and one part of it below. */
export function AccountPage() {
  const { accountId } = route.useParams();
  const account = useQuery(useApi().accounts.get.queryOptions({ accountId }));
  return (
    <Loaded query={account}>
      {({ id, slug, name, createdAt }) => (
        <Page
          title={name}
          about={
            <Group gap="xs">
              <span>{slug}</span>
              <Code>{id}</Code>
              <span>
                since <Time at={createdAt} precision="day" />
              </span>
            </Group>
          }
        >
          <Tabs accountId={accountId} />
          <Outlet />
        </Page>
      )}
    </Loaded>
  );
}

function Tabs({ accountId }: { accountId: string }) {
  const nav = useRef<HTMLElement>(null);
  const path = useRouterState({ select: ({ location }) => location.pathname });
  // In a narrow window the tab of another page may be out of sight.
  useEffect(() => {
    nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [path]);
  return (
    <nav ref={nav} className="tabs" aria-label="Parts of the account">
      {TABS.map(([label, to]) => (
        <Link key={to} to={to} params={{ accountId }} activeOptions={{ exact: label === 'Overview', includeSearch: false }}>
          {label}
        </Link>
      ))}
    </nav>
  );
}
