import { SimpleGrid, Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** Names and what they are. `false` leaves one out. */
export function Facts({ facts }: { facts: readonly (readonly [string, ReactNode] | false)[] }) {
  return (
    <SimpleGrid component="dl" cols={{ base: 1, xs: 2, md: 3 }} spacing="md" m={0}>
      {facts
        .filter((fact) => fact !== false)
        .map(([name, fact]) => (
          <div key={name}>
            <Text component="dt" size="xs" c="dimmed">
              {name}
            </Text>
            <Text component="dd" size="sm" m={0} style={{ overflowWrap: 'anywhere' }}>
              {fact}
            </Text>
          </div>
        ))}
    </SimpleGrid>
  );
}
