import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core';
import type { Refusal } from '@portico/ui/data/refusal';
import { RefusalAlert } from '@portico/ui/show/refusal-alert';
import { type ReactNode, useState } from 'react';

const HOUR_MS = 3_600_000;
const OVERLAPS = [
  { value: String(HOUR_MS), label: '1 hour' },
  { value: String(24 * HOUR_MS), label: '1 day' },
  { value: String(7 * 24 * HOUR_MS), label: '7 days' },
  { value: String(30 * 24 * HOUR_MS), label: '30 days' },
  { value: String(90 * 24 * HOUR_MS), label: '90 days' },
];

/** How long what is replaced goes on beside its successor. */
export function OverlapDialog(props: {
  title: string;
  children: ReactNode;
  isRunning: boolean;
  refusal: Refusal | undefined;
  rotate(overlapMs: number): void;
  close(): void;
}) {
  const { title, children, isRunning, refusal, rotate, close } = props;
  const [overlapMs, setOverlapMs] = useState(String(24 * HOUR_MS));
  return (
    <Modal opened onClose={close} title={title}>
      <Stack>
        <Text size="sm" component="div">
          {children}
        </Text>
        <Select
          label="The old one goes on for"
          data={OVERLAPS}
          value={overlapMs}
          allowDeselect={false}
          onChange={(value) => setOverlapMs(value ?? overlapMs)}
        />
        <RefusalAlert refusal={refusal} />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button loading={isRunning} onClick={() => rotate(Number(overlapMs))}>
            Rotate
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
