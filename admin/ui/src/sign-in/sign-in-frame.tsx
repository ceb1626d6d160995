import { Center, Paper, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import { useApp } from '../app-root.tsx';

/** The pages for whoever is not signed in. */
export function SignInFrame({
  title,
  about,
  children,
  below,
}: {
  title: string;
  about?: ReactNode;
  children: ReactNode;
  below?: ReactNode;
}) {
  const { name } = useApp();
  useEffect(() => {
    document.title = `${title} · ${name}`;
  }, [title, name]);
  return (
    <Center component="main" mih="100dvh" p="md" className="app-shade">
      <Stack w="100%" maw={420} gap="lg">
        <Text className="brand" size="lg" ta="center">
          {name}
        </Text>
        <Paper shadow="sm" p="xl">
          <Stack>
            <div>
              <Title order={1}>{title}</Title>
              {about !== undefined && (
                <Text component="div" size="sm" c="dimmed" mt={4}>
                  {about}
                </Text>
              )}
            </div>
            {children}
          </Stack>
        </Paper>
        {below !== undefined && (
          <Text component="div" size="sm" ta="center">
            {below}
          </Text>
        )}
      </Stack>
    </Center>
  );
}
