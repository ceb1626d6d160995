import { Button, Fieldset, Group, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useAction } from '@portico/ui/forms/use-action';
import { Panel } from '@portico/ui/layout/panel';
import { RefusalAlert } from '@portico/ui/show/refusal-alert';
import { useApiClient } from '../api.tsx';
import { useAccount } from '../shared/use-account.ts';
import { KEY_FIELDS, KeyFields, type KeyValues, keySettings } from './key-fields.tsx';

type Given = { id: string; name: string; scopes: string[]; allowedAddresses: string[]; signatures: string[] };

export function EditKey({ given, isReadOnly }: { given: Given; isReadOnly: boolean }) {
  const client = useApiClient();
  const { accountId } = useAccount();
  const { id, name, scopes, allowedAddresses, signatures } = given;
  const form = useForm<KeyValues>({ initialValues: { name, scopes, allowedAddresses, demandsV2: !signatures.includes('sha256') } });
  const save = useAction({
    form,
    work: (values: KeyValues) => client.apiKeys.update.mutate({ accountId, id, changes: keySettings(values) }),
    done: () => notifications.show({ message: 'The key is changed, on every gateway within a second.' }),
  });
  return (
    <Panel title="Settings">
      <form onSubmit={form.onSubmit(save.run)}>
        <Fieldset variant="unstyled" disabled={isReadOnly} legend={null}>
          <Stack maw={560}>
            <RefusalAlert refusal={save.refusal} shownFields={KEY_FIELDS} />
            <KeyFields form={form} />
            {!isReadOnly && (
              <Group>
                <Button type="submit" loading={save.isRunning} disabled={!form.isDirty()}>
                  Save
                </Button>
              </Group>
            )}
          </Stack>
        </Fieldset>
      </form>
    </Panel>
  );
}
