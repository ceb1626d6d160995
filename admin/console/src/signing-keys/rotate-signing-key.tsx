import { Select, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { ConfirmDialog } from '@portico/ui/forms/confirm-dialog';
import { useAction } from '@portico/ui/forms/use-action';
import { useState } from 'react';
import { useApiClient } from '../api.tsx';

const HOUR_MS = 3_600_000;
const LEADS = [
  { value: '0', label: 'at once' },
  { value: String(HOUR_MS), label: 'in an hour' },
  { value: String(24 * HOUR_MS), label: 'in a day' },
  { value: String(7 * 24 * HOUR_MS), label: 'in a week' },
];

export function RotateSigningKey({ close }: { close(): void }) {
  const api = useApiClient();
  const [leadMs, setLeadMs] = useState('0');
  const rotate = useAction({
    work: () => api.signingKeys.rotate.mutate({ leadMs: Number(leadMs) }),
    done() {
      close();
      notifications.show({ message: 'There is a new signing key.' });
    },
  });
  return (
    <ConfirmDialog
      title="Rotate the signing key"
      verb="Rotate"
      isDangerous={false}
      {...rotate}
      confirm={() => rotate.run(undefined)}
      close={close}
    >
      <Stack>
        <Text size="sm">
          A new key is made and published. No token ends: the keys before it stay published until every token of theirs has ended.
        </Text>
        <Select
          label="The new key signs"
          description="Whoever keeps the published keys for a while needs a lead to learn of it."
          data={LEADS}
          value={leadMs}
          onChange={(chosen) => setLeadMs(chosen ?? leadMs)}
          allowDeselect={false}
        />
      </Stack>
    </ConfirmDialog>
  );
}
