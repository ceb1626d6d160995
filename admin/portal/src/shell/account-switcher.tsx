import { Button, Menu } from '@mantine/core';
import { Icon } from '@portico/ui/show/icon';
import { MenuLink } from '@portico/ui/show/links';

type Account = { id: string; name: string; role: string };

export function AccountSwitcher({ accounts, current }: { accounts: readonly Account[]; current: Account | undefined }) {
  return (
    <Menu position="bottom-end" width={260}>
      <Menu.Target>
        <Button
          variant="default"
          size="sm"
          leftSection={<Icon name="account" />}
          maw={{ base: 150, sm: 240 }}
          aria-label={`Account: ${current?.name ?? 'none'}`}
        >
          {current?.name ?? 'Accounts'}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {accounts.map(({ id, name, role }) => (
          <MenuLink
            key={id}
            to="/accounts/$accountId"
            params={{ accountId: id }}
            search={{ mode: 'live' }}
            aria-current={id === current?.id ? 'true' : undefined}
            rightSection={role}
          >
            {name}
          </MenuLink>
        ))}
        {accounts.length > 0 && <Menu.Divider />}
        <MenuLink to="/new-account" leftSection={<Icon name="plus" />}>
          Create an account
        </MenuLink>
      </Menu.Dropdown>
    </Menu>
  );
}
