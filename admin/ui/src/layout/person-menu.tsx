import { Avatar, Box, Menu, SegmentedControl, Text, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { useApp } from '../app-root.tsx';
import { useAction } from '../forms/use-action.tsx';
import { MenuLink } from '../show/links.tsx';

const SCHEMES = [
  { value: 'auto', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const;

export function PersonMenu({ person: { name, email } }: { person: { name: string; email: string } }) {
  const { auth, base } = useApp();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  // A new document: nothing of what this person saw is left in it.
  const signOut = useAction({ work: auth.signOut, done: () => location.assign(`${base}sign-in`) });
  return (
    <Menu position="bottom-end" width={260}>
      <Menu.Target>
        <UnstyledButton aria-label={`You: ${name}`}>
          <Avatar name={name} color="accent" radius="xl" size={34} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Box px="sm" py="xs">
          <Text fw={600} size="sm" truncate>
            {name}
          </Text>
          <Text size="xs" c="dimmed" truncate>
            {email}
          </Text>
        </Box>
        <Menu.Divider />
        <MenuLink to="/profile">Profile and security</MenuLink>
        <Box px="sm" py="xs">
          <SegmentedControl
            fullWidth
            size="xs"
            aria-label="Colours"
            data={[...SCHEMES]}
            value={colorScheme}
            onChange={(value) => setColorScheme(value as typeof colorScheme)}
          />
        </Box>
        <Menu.Divider />
        <Menu.Item onClick={() => signOut.run(undefined)}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
