import { Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useAction } from '@portico/ui/forms/use-action';
import { Panel } from '@portico/ui/layout/panel';
import { RefusalAlert } from '@portico/ui/show/refusal-alert';
import type { Client } from '../answers.ts';
import { useApiClient } from '../api.tsx';
import { changedOnly } from '../shared/changed-only.ts';
import { CREDENTIAL_FIELDS, CredentialFields, type CredentialForm, credentialForm, credentialInput } from '../shared/credential-fields.tsx';
import { SaveOrUndo } from '../shared/save-or-undo.tsx';

export function EditClient({ client }: { client: Client }) {
  const { accountId, id } = client;
  const api = useApiClient();
  const form = useForm<CredentialForm>({ initialValues: credentialForm(client) });
  const save = useAction({
    form,
    work: (given: CredentialForm) =>
      api.oauthClients.update.mutate({ accountId, id, changes: changedOnly(credentialInput(given), form.isDirty) }),
    done(_, given) {
      form.setInitialValues(given);
      form.resetDirty(given);
      notifications.show({ message: 'The client is changed.' });
    },
  });
  return (
    <Panel title="Change it" about="Within a second its tokens can do no more than it may.">
      <form onSubmit={form.onSubmit(save.run)}>
        <Stack maw={720}>
          <CredentialFields tier={form.values.tier} propsOf={(name) => form.getInputProps(name)} />
          <RefusalAlert refusal={save.refusal} shownFields={CREDENTIAL_FIELDS} />
          <SaveOrUndo form={form} isSaving={save.isRunning} />
        </Stack>
      </form>
    </Panel>
  );
}
