import { Box, NavLink } from '@mantine/core';
import { Icon, type IconName } from '@portico/ui/show/icon';
import { NavigationLink } from '@portico/ui/show/links';
import type { LinkProps } from '@tanstack/react-router';

type Entry = { to: NonNullable<LinkProps['to']>; label: string; icon: IconName; exact?: boolean };

const ENTRIES: readonly Entry[] = [
  { to: '/accounts/$accountId', label: 'Overview', icon: 'overview', exact: true },
  { to: '/accounts/$accountId/keys', label: 'API keys', icon: 'key' },
  { to: '/accounts/$accountId/clients', label: 'OAuth clients', icon: 'client' },
  { to: '/accounts/$accountId/webhooks', label: 'Webhooks', icon: 'webhook' },
  { to: '/accounts/$accountId/deliveries', label: 'Deliveries', icon: 'changes' },
  { to: '/accounts/$accountId/requests', label: 'Request log', icon: 'log' },
  { to: '/accounts/$accountId/members', label: 'Members', icon: 'people' },
  { to: '/accounts/$accountId/changes', label: 'Changes', icon: 'shield' },
  { to: '/accounts/$accountId/tickets', label: 'Support', icon: 'support' },
  { to: '/accounts/$accountId/settings', label: 'Settings', icon: 'account' },
];
/** On the same listener, outside of this app. */
const DOCUMENTS = [
  { href: '/api/v1/openapi.json', label: 'OpenAPI document' },
  { href: '/docs/errors', label: 'Error codes' },
];

export function Navigation({ accountId }: { accountId: string }) {
  return (
    <Box component="nav" aria-label="Account">
      {ENTRIES.map(({ to, label, icon, exact = false }) => (
        <NavigationLink
          key={to}
          to={to}
          params={{ accountId }}
          activeOptions={{ exact, includeSearch: false }}
          activeProps={{ 'data-active': true, 'aria-current': 'page' }}
          label={label}
          leftSection={<Icon name={icon} />}
        />
      ))}
      <NavLink label="Documentation" leftSection={<Icon name="documents" />} defaultOpened>
        {DOCUMENTS.map(({ href, label }) => (
          <NavLink key={href} component="a" href={href} target="_blank" rel="noreferrer" label={label} />
        ))}
      </NavLink>
    </Box>
  );
}
