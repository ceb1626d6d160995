import { Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useAction } from '@portico/ui/forms/use-action';
import { Panel } from '@portico/ui/layout/panel';
import { RefusalAlert } from '@portico/ui/show/refusal-alert';
import type { ApiKey } from '../answers.ts';
import { useApiClient } from '../api.tsx';
import { changedOnly } from '../shared/changed-only.ts';
import { SaveOrUndo } from '../shared/save-or-undo.tsx';
import { KEY_FIELDS, KeyFields, type KeyForm, keyForm, keyInput } from './key-fields.tsx';

export function EditKey({ apiKey }: { apiKey: ApiKey }) {
  const { accountId, id } = apiKey;
  const api = useApiClient();
  const form = useForm<KeyForm>({ initialValues: keyForm(apiKey) });
  const save = useAction({
    form,
    work: (given: KeyForm) => api.apiKeys.update.mutate({ accountId, id, changes: changedOnly(keyInput(given), form.isDirty) }),
    done(_, given) {
      form.setInitialValues(given);
      form.resetDirty(given);
      notifications.show({ message: 'The key is changed.' });
    },
  });
  return (
    <Panel title="Change it" about="What is changed holds on every gateway within a second.">
      <form onSubmit={form.onSubmit(save.run)}>
        <Stack maw={720}>
          <KeyFields tier={form.values.tier} propsOf={(name) => form.getInputProps(name)} />
          <RefusalAlert refusal={save.refusal} shownFields={KEY_FIELDS} />
          <SaveOrUndo form={form} isSaving={save.isRunning} />
        </Stack>
      </form>
    </Panel>
  );
}
