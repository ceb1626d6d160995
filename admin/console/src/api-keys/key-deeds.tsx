// What ends a key or puts another in its place. Each says beforehand what will happen.
import { Button, Group, Select, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { ConfirmDialog } from '@portico/ui/forms/confirm-dialog';
import { SecretOnce } from '@portico/ui/forms/secret-once';
import { useAction } from '@portico/ui/forms/use-action';
import { useState } from 'react';
import type { ApiKey } from '../answers.ts';
import { useApiClient } from '../api.tsx';
import { OVERLAPS } from '../shared/overlaps.ts';
import { type IssuedKey, secretsOf } from './issued-key.ts';

type Deed = 'rotate' | 'regenerate' | 'revoke';

export function KeyDeeds({ apiKey }: { apiKey: ApiKey }) {
  const [deed, setDeed] = useState<Deed>();
  const [issued, setIssued] = useState<IssuedKey>();
  const close = (): void => setDeed(undefined);
  const Dialog = deed && DIALOGS[deed];
  const isReplaced = apiKey.replacedBy != null;
  return (
    <Group gap="xs">
      {!isReplaced && (
        <>
          <Button variant="default" onClick={() => setDeed('rotate')}>
            Rotate
          </Button>
          <Button variant="default" onClick={() => setDeed('regenerate')}>
            Regenerate
          </Button>
        </>
      )}
      <Button color="red" variant="light" onClick={() => setDeed('revoke')}>
        Revoke
      </Button>
      {Dialog !== undefined && <Dialog apiKey={apiKey} close={close} issue={setIssued} />}
      {issued !== undefined && <SecretOnce title="The new key" secrets={secretsOf(issued)} close={() => setIssued(undefined)} />}
    </Group>
  );
}

type Given = { apiKey: ApiKey; close(): void; issue(key: IssuedKey): void };

function Rotate({ apiKey: { accountId, id, name }, close, issue }: Given) {
  const api = useApiClient();
  const [overlapMs, setOverlapMs] = useState<string>(OVERLAPS[1].value);
  const rotate = useAction({
    work: () => api.apiKeys.rotate.mutate({ accountId, id, overlapMs: Number(overlapMs) }),
    done(key) {
      close();
      issue(key);
    },
  });
  return (
    <ConfirmDialog
      title={`Rotate ${name}`}
      verb="Rotate the key"
      isDangerous={false}
      {...rotate}
      confirm={() => rotate.run(undefined)}
      close={close}
    >
      <Stack>
        <Text size="sm">
          A new key with the same settings is made and shown once. The old one goes on beside it for a while, then ends.
        </Text>
        <Select
          label="The old key goes on for"
          data={[...OVERLAPS]}
          value={overlapMs}
          onChange={(chosen) => setOverlapMs(chosen ?? overlapMs)}
          allowDeselect={false}
        />
      </Stack>
    </ConfirmDialog>
  );
}

function Regenerate({ apiKey: { accountId, id, name }, close, issue }: Given) {
  const api = useApiClient();
  const regenerate = useAction({
    work: () => api.apiKeys.regenerate.mutate({ accountId, id }),
    done(key) {
      close();
      issue(key);
    },
  });
  return (
    <ConfirmDialog
      title={`Regenerate ${name}`}
      verb="Regenerate the key"
      {...regenerate}
      confirm={() => regenerate.run(undefined)}
      close={close}
    >
      A new key with the same settings is made and shown once. <strong>The old one stops at once</strong>: whatever uses it is refused, on
      every gateway within a second, until it has the new one.
    </ConfirmDialog>
  );
}

function Revoke({ apiKey: { accountId, id, name }, close }: Given) {
  const api = useApiClient();
  const revoke = useAction({
    work: () => api.apiKeys.revoke.mutate({ accountId, id }),
    done() {
      close();
      notifications.show({ message: `${name} is revoked.` });
    },
  });
  return (
    <ConfirmDialog title={`Revoke ${name}`} verb="Revoke the key" {...revoke} confirm={() => revoke.run(undefined)} close={close}>
      Whatever uses this key is refused, on every gateway within a second. It cannot be undone, and there is no successor.
    </ConfirmDialog>
  );
}

const DIALOGS = { rotate: Rotate, regenerate: Regenerate, revoke: Revoke } as const;
