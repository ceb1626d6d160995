import { AppShell, Burger, Group, ScrollArea } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useRouterState } from '@tanstack/react-router';
import { type ReactNode, useEffect } from 'react';
import { useApp } from '../app-root.tsx';
import { SessionEnded } from '../sign-in/session-ended.tsx';
import { PersonMenu } from './person-menu.tsx';

const NAVIGATION_WIDTH = 248;

/** The frame of all pages for whoever is signed in. `header`: beside the person, and on a narrow screen above the navigation. */
export function AppLayout(props: {
  person: { name: string; email: string };
  header?: ReactNode;
  navigation: ReactNode;
  children: ReactNode;
}) {
  const { person, header, navigation, children } = props;
  const { name, base } = useApp();
  const [isOpen, { toggle, close }] = useDisclosure();
  const path = useRouterState({ select: ({ location }) => location.pathname });
  // On a narrow screen the navigation has done its work when another page is there.
  useEffect(close, [path]);
  return (
    <AppShell
      header={{ height: 60 }}
      navbar={{ width: NAVIGATION_WIDTH, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding={{ base: 'md', sm: 'xl' }}
    >
      <a className="skip-link" href="#content">
        Skip to the content
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="md" wrap="nowrap">
            <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Navigation" aria-expanded={isOpen} />
            <a className="brand" href={base}>
              {name}
            </a>
          </Group>
          <Group gap="sm" wrap="nowrap">
            <Group gap="sm" wrap="nowrap" visibleFrom="sm">
              {header}
            </Group>
            <PersonMenu person={person} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm">
        <AppShell.Section hiddenFrom="sm" pb="sm">
          <Group gap="sm">{header}</Group>
        </AppShell.Section>
        <AppShell.Section component={ScrollArea} grow>
          {navigation}
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main className="app-shade" id="content" tabIndex={-1}>
        {children}
      </AppShell.Main>
      <SessionEnded email={person.email} />
    </AppShell>
  );
}
