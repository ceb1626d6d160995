import { NumberInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { Mode } from '@portico/contracts/modes';
import { FormDialog } from '@portico/ui/forms/form-dialog';
import { SecretOnce } from '@portico/ui/forms/secret-once';
import { useAction } from '@portico/ui/forms/use-action';
import { useState } from 'react';
import { useApiClient } from '../api.tsx';
import { ModeField } from '../shared/mode-field.tsx';
import { type IssuedKey, secretsOf } from './issued-key.ts';
import { KEY_FIELDS, KeyFields, type KeyForm, keyInput, newKeyForm } from './key-fields.tsx';

type NewKeyForm = KeyForm & { mode: Mode; lifetimeDays: number | string };

const DAY_MS = 86_400_000;
const LIFETIME_DAYS_MAX = 3_650;

export function CreateKey({ accountId, close }: { accountId: string; close(): void }) {
  const api = useApiClient();
  const [issued, setIssued] = useState<IssuedKey>();
  const form = useForm<NewKeyForm>({ initialValues: { ...newKeyForm, mode: 'live', lifetimeDays: 365 } });
  const create = useAction({
    form,
    work: ({ mode, lifetimeDays, ...given }: NewKeyForm) =>
      api.apiKeys.create.mutate({ accountId, mode, lifetimeMs: Number(lifetimeDays) * DAY_MS, ...keyInput(given) }),
    done: setIssued,
  });
  if (issued !== undefined) return <SecretOnce title="The key is made" secrets={secretsOf(issued)} close={close} />;
  return (
    <FormDialog
      title="New API key"
      verb="Create the key"
      size="xl"
      {...create}
      shownFields={KEY_FIELDS}
      onSubmit={form.onSubmit(create.run)}
      close={close}
    >
      <ModeField {...form.getInputProps('mode')} />
      <KeyFields tier={form.values.tier} propsOf={(name) => form.getInputProps(name)} />
      <NumberInput
        label="Days until it expires"
        min={1}
        max={LIFETIME_DAYS_MAX}
        allowDecimal={false}
        required
        {...form.getInputProps('lifetimeDays')}
      />
    </FormDialog>
  );
}
