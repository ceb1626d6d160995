import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { ConfirmDialog } from '@portico/ui/forms/confirm-dialog';
import { SecretOnce } from '@portico/ui/forms/secret-once';
import { useAction } from '@portico/ui/forms/use-action';
import { RefusalAlert } from '@portico/ui/show/refusal-alert';
import { useState } from 'react';
import { useApiClient } from '../api.tsx';
import { OverlapDialog } from '../shared/overlap-dialog.tsx';
import { ScopesField } from '../shared/scopes-field.tsx';
import { useAccount } from '../shared/use-account.ts';

export type Client = { id: string; name: string; scopes: string[] };
export type Wish = { kind: 'create' } | { kind: 'edit' | 'rotate' | 'revoke'; client: Client };
type Issued = { clientId: string; clientSecret: string };

export function ClientDialog({ wish, close }: { wish: Wish; close(): void }) {
  const [issued, setIssued] = useState<Issued>();
  if (issued !== undefined)
    return (
      <SecretOnce
        title="Your client's secret"
        secrets={[
          { label: 'Client id', value: issued.clientId },
          { label: 'Client secret', value: issued.clientSecret },
        ]}
        close={close}
      />
    );
  if (wish.kind === 'create') return <Settings client={undefined} issue={setIssued} close={close} />;
  if (wish.kind === 'edit') return <Settings client={wish.client} issue={setIssued} close={close} />;
  if (wish.kind === 'rotate') return <Rotate client={wish.client} issue={setIssued} close={close} />;
  return <Revoke client={wish.client} close={close} />;
}

type Props<Of> = { client: Of; issue(issued: Issued): void; close(): void };

function Settings({ client, issue, close }: Props<Client | undefined>) {
  const api = useApiClient();
  const { accountId, mode } = useAccount();
  const form = useForm({ initialValues: { name: client?.name ?? '', scopes: client?.scopes ?? ['read'] } });
  const save = useAction({
    form,
    async work(given: { name: string; scopes: string[] }) {
      if (client === undefined) return api.oauthClients.create.mutate({ accountId, mode, ...given });
      await api.oauthClients.update.mutate({ accountId, id: client.id, changes: given });
      return undefined;
    },
    done: (made) => (made === undefined ? close() : issue(made)),
  });
  return (
    <Modal
      opened
      onClose={close}
      size="lg"
      title={client === undefined ? `Create an OAuth client of ${mode} mode` : `Edit ${client.name}`}
      closeOnClickOutside={false}
    >
      <form onSubmit={form.onSubmit(save.run)}>
        <Stack>
          <RefusalAlert refusal={save.refusal} shownFields={['name', 'scopes']} />
          <TextInput label="Name" required data-autofocus {...form.getInputProps('name')} />
          <ScopesField {...form.getInputProps('scopes')} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={save.isRunning}>
              {client === undefined ? 'Create the client' : 'Save'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function Rotate({ client: { id, name }, issue, close }: Props<Client>) {
  const api = useApiClient();
  const { accountId } = useAccount();
  const rotate = useAction({
    work: (overlapMs: number) => api.oauthClients.rotateSecret.mutate({ accountId, id, overlapMs }),
    done: issue,
  });
  return (
    <OverlapDialog title={`Rotate the secret of ${name}`} {...rotate} rotate={rotate.run} close={close}>
      You get a new secret beside the old one. Tokens that were given out stay good.
    </OverlapDialog>
  );
}

function Revoke({ client: { id, name }, close }: Omit<Props<Client>, 'issue'>) {
  const api = useApiClient();
  const { accountId } = useAccount();
  const revoke = useAction({ work: () => api.oauthClients.revoke.mutate({ accountId, id }), done: close });
  return (
    <ConfirmDialog title={`Revoke ${name}`} verb="Revoke" {...revoke} confirm={() => revoke.run(undefined)} close={close}>
      It gets no token any more, and those it has end within a second. This cannot be taken back.
    </ConfirmDialog>
  );
}
