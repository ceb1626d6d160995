import { Checkbox, SimpleGrid, Stack, Text } from '@mantine/core';
import type { GetInputPropsReturnType } from '@mantine/form';
import { SCOPES } from '@portico/contracts/scopes';

const WIDE = [
  { value: 'read', label: 'Read everything' },
  { value: 'write', label: 'Change everything' },
];
const NARROW = SCOPES.filter((scope) => scope.includes(':') && !scope.startsWith('graph:'));

/** What a credential may do: everything, or resource by resource. */
export function ScopesField({ error, ...group }: GetInputPropsReturnType) {
  return (
    <Checkbox.Group label="Scopes" description="What it may do. Less is safer." required {...group} error={error}>
      <Stack gap="xs" mt="xs">
        <SimpleGrid cols={2} spacing="xs">
          {WIDE.map(({ value, label }) => (
            <Checkbox key={value} value={value} label={label} />
          ))}
        </SimpleGrid>
        <Text size="xs" c="dimmed">
          or one by one
        </Text>
        <SimpleGrid cols={2} spacing="xs">
          {NARROW.map((scope) => (
            <Checkbox key={scope} value={scope} label={scope} />
          ))}
        </SimpleGrid>
      </Stack>
    </Checkbox.Group>
  );
}
