import { Button, Group, Modal, Paper, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { ConfirmDialog } from '@portico/ui/forms/confirm-dialog';
import { useAction } from '@portico/ui/forms/use-action';
import { Page } from '@portico/ui/layout/page';
import { DataTable } from '@portico/ui/show/data-table';
import { Loaded } from '@portico/ui/show/loaded';
import { RefusalAlert } from '@portico/ui/show/refusal-alert';
import { StatusBadge } from '@portico/ui/show/status-badge';
import { Time } from '@portico/ui/show/time';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi, useApiClient } from '../api.tsx';
import { useAccount } from '../shared/use-account.ts';

type Role = 'viewer' | 'developer' | 'owner';
const ROLES: readonly { value: Role; label: string }[] = [
  { value: 'viewer', label: 'Viewer: looks' },
  { value: 'developer', label: 'Developer: works' },
  { value: 'owner', label: 'Owner: works and decides who else may' },
];

export function MembersPage() {
  const [api, client] = [useApi(), useApiClient()];
  const { accountId, account, isOwner } = useAccount();
  const [isInviting, setInviting] = useState(false);
  const [leaving, setLeaving] = useState<{ id: string; email: string }>();
  const members = useQuery(api.members.list.queryOptions({ accountId }));
  const change = useAction({
    work: ({ id, role }: { id: string; role: Role }) => client.members.changeRole.mutate({ accountId, id, role }),
  });
  const remove = useAction({ work: (id: string) => client.members.remove.mutate({ accountId, id }), done: () => setLeaving(undefined) });
  return (
    <Page
      title="Members"
      about={`Who works on ${account.name}.`}
      actions={isOwner && <Button onClick={() => setInviting(true)}>Invite somebody</Button>}
    >
      <RefusalAlert refusal={change.refusal} />
      <Paper>
        <Loaded query={members}>
          {(rows) => (
            <DataTable
              label="Members"
              rows={rows}
              keyOf={({ id }) => id}
              empty="There is nobody."
              columns={[
                { header: 'E-mail address', cell: ({ email }) => email },
                { header: 'Status', cell: ({ status }) => <StatusBadge status={status} /> },
                {
                  header: 'Role',
                  cell: ({ id, email, role }) =>
                    isOwner ? (
                      <Select
                        aria-label={`Role of ${email}`}
                        size="xs"
                        w={130}
                        data={ROLES.map(({ value }) => value)}
                        value={role}
                        allowDeselect={false}
                        disabled={change.isRunning}
                        onChange={(value) => value !== null && value !== role && change.run({ id, role: value as Role })}
                      />
                    ) : (
                      role
                    ),
                },
                { header: 'Since', cell: ({ createdAt }) => <Time at={createdAt} precision="day" /> },
                {
                  header: 'Remove',
                  hiddenHeader: true,
                  align: 'right',
                  cell: ({ id, email }) =>
                    isOwner && (
                      <Button
                        size="compact-sm"
                        variant="subtle"
                        color="red"
                        aria-label={`Remove ${email}`}
                        onClick={() => setLeaving({ id, email })}
                      >
                        Remove
                      </Button>
                    ),
                },
              ]}
            />
          )}
        </Loaded>
      </Paper>
      {isInviting && <Invite close={() => setInviting(false)} />}
      {leaving !== undefined && (
        <ConfirmDialog
          title={`Remove ${leaving.email}`}
          verb="Remove"
          {...remove}
          confirm={() => remove.run(leaving.id)}
          close={() => setLeaving(undefined)}
        >
          They see nothing of this account any more, at once. Keys that they made go on.
        </ConfirmDialog>
      )}
    </Page>
  );
}

function Invite({ close }: { close(): void }) {
  const client = useApiClient();
  const { accountId } = useAccount();
  const form = useForm({ initialValues: { email: '', role: 'developer' as Role } });
  const invite = useAction({
    form,
    work: (given: { email: string; role: Role }) => client.members.invite.mutate({ accountId, ...given }),
    done({ email }) {
      notifications.show({ message: `A letter to ${email} is on its way.` });
      close();
    },
  });
  return (
    <Modal opened onClose={close} title="Invite somebody">
      <form onSubmit={form.onSubmit(invite.run)}>
        <Stack>
          <RefusalAlert refusal={invite.refusal} shownFields={['email', 'role']} />
          <TextInput label="E-mail address" type="email" required data-autofocus {...form.getInputProps('email')} />
          <Select label="Role" data={[...ROLES]} allowDeselect={false} {...form.getInputProps('role')} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={invite.isRunning}>
              Invite
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
