import { Center, Stack, Title } from '@mantine/core';
import { useApp } from '../app-root.tsx';
import { refusalOf } from '../data/refusal.ts';
import { PageLink } from '../show/page-link.tsx';
import { RefusalAlert } from '../show/refusal-alert.tsx';

/** In place of a page that could not be shown. */
export function ProblemPage({ error, reset }: { error: unknown; reset?: () => void }) {
  return (
    <Center component="section" mih="60dvh" p="md">
      <Stack maw={520} w="100%">
        <Title order={1}>This page cannot be shown</Title>
        <RefusalAlert refusal={refusalOf(error)} retry={reset ?? (() => location.reload())} />
        <Home />
      </Stack>
    </Center>
  );
}

export function NotFoundPage() {
  return (
    <Center component="section" mih="60dvh" p="md">
      <Stack>
        <Title order={1}>There is no such page</Title>
        <Home />
      </Stack>
    </Center>
  );
}

function Home() {
  const { name } = useApp();
  return <PageLink to="/">{name}: the first page</PageLink>;
}
