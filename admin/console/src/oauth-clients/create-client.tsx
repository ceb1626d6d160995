import { useForm } from '@mantine/form';
import type { Mode } from '@portico/contracts/modes';
import { FormDialog } from '@portico/ui/forms/form-dialog';
import { SecretOnce } from '@portico/ui/forms/secret-once';
import { useAction } from '@portico/ui/forms/use-action';
import { useState } from 'react';
import { useApiClient } from '../api.tsx';
import { CREDENTIAL_FIELDS, CredentialFields, type CredentialForm, credentialInput, newCredential } from '../shared/credential-fields.tsx';
import { ModeField } from '../shared/mode-field.tsx';
import { type IssuedClient, secretsOf } from './issued-client.ts';

type NewClient = CredentialForm & { mode: Mode };

export function CreateClient({ accountId, close }: { accountId: string; close(): void }) {
  const api = useApiClient();
  const [issued, setIssued] = useState<IssuedClient>();
  const form = useForm<NewClient>({ initialValues: { ...newCredential, mode: 'live' } });
  const create = useAction({
    form,
    work: ({ mode, ...given }: NewClient) => api.oauthClients.create.mutate({ accountId, mode, ...credentialInput(given) }),
    done: setIssued,
  });
  if (issued !== undefined) return <SecretOnce title="The client is made" secrets={secretsOf(issued)} close={close} />;
  return (
    <FormDialog
      title="New OAuth client"
      verb="Create the client"
      size="xl"
      {...create}
      shownFields={CREDENTIAL_FIELDS}
      onSubmit={form.onSubmit(create.run)}
      close={close}
    >
      <ModeField {...form.getInputProps('mode')} />
      <CredentialFields tier={form.values.tier} propsOf={(name) => form.getInputProps(name)} />
    </FormDialog>
  );
}
