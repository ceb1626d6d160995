import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { counted } from '@portico/ui/data/format';
import { useAction } from '@portico/ui/forms/use-action';
import { RefusalAlert } from '@portico/ui/show/refusal-alert';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi, useApiClient } from '../api.tsx';
import { useAccount } from '../shared/use-account.ts';

type What = 'failed' | 'missing' | 'all';
const WHATS: readonly { value: What; label: string }[] = [
  { value: 'failed', label: 'What failed' },
  { value: 'missing', label: 'What it never got' },
  { value: 'all', label: 'Everything' },
];
const HOUR_MS = 3_600_000;
const SPANS = [
  { value: String(HOUR_MS), label: 'of the last hour' },
  { value: String(24 * HOUR_MS), label: 'of the last day' },
  { value: String(7 * 24 * HOUR_MS), label: 'of the last 7 days' },
  { value: String(30 * 24 * HOUR_MS), label: 'of the last 30 days' },
];

export function StartReplay({ endpointId, close }: { endpointId: string; close(): void }) {
  const [api, client] = [useApi(), useApiClient()];
  const { tenant } = useAccount();
  // Spans end now: while the dialog is open that stays the same moment, so that what is counted is what is sent.
  const [now] = useState(Date.now);
  const form = useForm({ initialValues: { what: 'failed' as What, span: String(24 * HOUR_MS) } });
  const { what, span } = form.values;
  const given = { ...tenant, endpointId, what, since: new Date(now - Number(span)).toISOString(), until: new Date(now).toISOString() };
  const count = useQuery(api.replays.count.queryOptions(given));
  const start = useAction({ work: () => client.replays.start.mutate(given), done: close });
  return (
    <Modal opened onClose={close} title="Replay events">
      <form onSubmit={form.onSubmit(() => start.run(undefined))}>
        <Stack>
          <Select label="What" data={[...WHATS]} allowDeselect={false} data-autofocus {...form.getInputProps('what')} />
          <Select label="When" data={SPANS} allowDeselect={false} {...form.getInputProps('span')} />
          <Text size="sm" role="status">
            {count.data === undefined ? 'Counting…' : `${counted(count.data.total, 'event')} would be sent.`} Receivers know repeated events
            by their id.
          </Text>
          <RefusalAlert refusal={start.refusal} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={start.isRunning} disabled={count.data?.total === 0}>
              Replay
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
