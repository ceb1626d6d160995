import { Button, Group, Select, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { ConfirmDialog } from '@portico/ui/forms/confirm-dialog';
import { SecretOnce } from '@portico/ui/forms/secret-once';
import { useAction } from '@portico/ui/forms/use-action';
import { useState } from 'react';
import type { Client } from '../answers.ts';
import { useApiClient } from '../api.tsx';
import { OVERLAPS } from '../shared/overlaps.ts';
import { type IssuedClient, secretsOf } from './issued-client.ts';

export function ClientDeeds({ client }: { client: Client }) {
  const [deed, setDeed] = useState<'rotate' | 'revoke'>();
  const [issued, setIssued] = useState<IssuedClient>();
  const close = (): void => setDeed(undefined);
  return (
    <Group gap="xs">
      <Button variant="default" onClick={() => setDeed('rotate')}>
        Rotate the secret
      </Button>
      <Button color="red" variant="light" onClick={() => setDeed('revoke')}>
        Revoke
      </Button>
      {deed === 'rotate' && <RotateSecret client={client} close={close} issue={setIssued} />}
      {deed === 'revoke' && <Revoke client={client} close={close} />}
      {issued !== undefined && <SecretOnce title="The new secret" secrets={secretsOf(issued)} close={() => setIssued(undefined)} />}
    </Group>
  );
}

type Given = { client: Client; close(): void };

function RotateSecret({ client: { accountId, id, name }, close, issue }: Given & { issue(client: IssuedClient): void }) {
  const api = useApiClient();
  const [overlapMs, setOverlapMs] = useState<string>(OVERLAPS[1].value);
  const rotate = useAction({
    work: () => api.oauthClients.rotateSecret.mutate({ accountId, id, overlapMs: Number(overlapMs) }),
    done(client) {
      close();
      issue(client);
    },
  });
  return (
    <ConfirmDialog
      title={`Rotate the secret of ${name}`}
      verb="Rotate the secret"
      isDangerous={false}
      {...rotate}
      confirm={() => rotate.run(undefined)}
      close={close}
    >
      <Stack>
        <Text size="sm">
          A new secret is made and shown once. The old one is good beside it for a while. Tokens that were given out stay good.
        </Text>
        <Select
          label="The old secret is good for"
          data={[...OVERLAPS]}
          value={overlapMs}
          onChange={(chosen) => setOverlapMs(chosen ?? overlapMs)}
          allowDeselect={false}
        />
      </Stack>
    </ConfirmDialog>
  );
}

function Revoke({ client: { accountId, id, name }, close }: Given) {
  const api = useApiClient();
  const revoke = useAction({
    work: () => api.oauthClients.revoke.mutate({ accountId, id }),
    done() {
      close();
      notifications.show({ message: `${name} is revoked.` });
    },
  });
  return (
    <ConfirmDialog title={`Revoke ${name}`} verb="Revoke the client" {...revoke} confirm={() => revoke.run(undefined)} close={close}>
      The client gets no token any more, and those it has end within a second, on every gateway. It cannot be undone.
    </ConfirmDialog>
  );
}
