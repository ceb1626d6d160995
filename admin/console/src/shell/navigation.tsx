import { Icon, type IconName } from '@portico/ui/show/icon';
import { NavigationLink } from '@portico/ui/show/links';
import type { LinkProps } from '@tanstack/react-router';
import { useMay } from '../me.tsx';

const PLACES: readonly { label: string; to: LinkProps['to']; icon: IconName }[] = [
  { label: 'Accounts', to: '/accounts', icon: 'account' },
  { label: 'Tickets', to: '/tickets', icon: 'support' },
  { label: 'Rate limit violations', to: '/violations', icon: 'shield' },
  { label: 'Tiers', to: '/tiers', icon: 'tiers' },
  { label: 'Signing keys', to: '/signing-keys', icon: 'key' },
  { label: 'Operators', to: '/operators', icon: 'people' },
  { label: 'Admin log', to: '/admin-log', icon: 'changes' },
];

export function Navigation() {
  const maySeeOperators = useMay('see operators');
  return (
    <nav aria-label="Pages">
      {PLACES.filter(({ to }) => to !== '/operators' || maySeeOperators).map(({ label, to, icon }) => (
        <NavigationLink key={label} to={to} label={label} leftSection={<Icon name={icon} />} activeProps={{ active: true }} />
      ))}
    </nav>
  );
}
