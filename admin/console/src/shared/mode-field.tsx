import { SegmentedControl, Stack, Text } from '@mantine/core';
import { MODES, type Mode } from '@portico/contracts/modes';
import { useId } from 'react';

/** Which of an account's two worlds: `live` or `test`. */
export function ModeField({ value, onChange }: { value?: Mode; onChange(mode: Mode): void }) {
  const id = useId();
  return (
    <Stack gap={4} align="flex-start">
      <Text size="sm" fw={500} id={id}>
        Mode
      </Text>
      <SegmentedControl aria-labelledby={id} data={[...MODES]} value={value} onChange={onChange} />
    </Stack>
  );
}
