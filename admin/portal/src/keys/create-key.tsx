import { Button, Group, Modal, SegmentedControl, Select, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { SecretOnce } from '@portico/ui/forms/secret-once';
import { useAction } from '@portico/ui/forms/use-action';
import { RefusalAlert } from '@portico/ui/show/refusal-alert';
import { useState } from 'react';
import { useApiClient } from '../api.tsx';
import { MODES, useAccount } from '../shared/use-account.ts';
import { KEY_FIELDS, KeyFields, type KeyValues, keySettings } from './key-fields.tsx';

const DAY_MS = 86_400_000;
const LIFETIMES = [
  { value: String(30 * DAY_MS), label: '30 days' },
  { value: String(90 * DAY_MS), label: '90 days' },
  { value: String(365 * DAY_MS), label: '1 year' },
  { value: String(730 * DAY_MS), label: '2 years' },
];

export type Issued = { key: string; secret: string };

export function CreateKey({ close }: { close(): void }) {
  const client = useApiClient();
  const { accountId, mode } = useAccount();
  const [issued, setIssued] = useState<Issued>();
  const form = useForm({
    initialValues: {
      name: '',
      mode,
      scopes: ['read'],
      allowedAddresses: [],
      demandsV2: false,
      lifetimeMs: String(365 * DAY_MS),
    } as KeyValues & {
      mode: typeof mode;
      lifetimeMs: string;
    },
  });
  const create = useAction({
    form,
    work: (given: ReturnType<typeof form.getValues>) =>
      client.apiKeys.create.mutate({ accountId, ...keySettings(given), mode: given.mode, lifetimeMs: Number(given.lifetimeMs) }),
    done: setIssued,
  });
  if (issued !== undefined) return <IssuedKey issued={issued} close={close} />;
  return (
    <Modal opened onClose={close} title="Create an API key" size="lg" closeOnClickOutside={false}>
      <form onSubmit={form.onSubmit(create.run)}>
        <Stack>
          <RefusalAlert refusal={create.refusal} shownFields={KEY_FIELDS} />
          <SegmentedControl
            aria-label="Mode"
            data={MODES.map((value) => ({ value, label: value === 'live' ? 'Live mode' : 'Test mode' }))}
            {...form.getInputProps('mode')}
          />
          <KeyFields form={form} />
          <Select label="Expires after" data={LIFETIMES} allowDeselect={false} {...form.getInputProps('lifetimeMs')} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={create.isRunning}>
              Create the key
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

export function IssuedKey({ issued: { key, secret }, close }: { issued: Issued; close(): void }) {
  return (
    <SecretOnce
      title="Your new key"
      secrets={[
        { label: 'API key', value: key },
        { label: 'Signing secret', value: secret },
      ]}
      close={close}
    />
  );
}
