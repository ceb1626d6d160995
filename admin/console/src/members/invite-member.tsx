import { Select, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import type { MemberRole } from '@portico/admin-server/members/member.entity';
import { FormDialog } from '@portico/ui/forms/form-dialog';
import { useAction } from '@portico/ui/forms/use-action';
import { useApiClient } from '../api.tsx';
import { useMay } from '../me.tsx';
import { MEMBER_ROLES } from './member-roles.ts';

type Invitation = { email: string; role: MemberRole };

export function InviteMember({ accountId, close }: { accountId: string; close(): void }) {
  const api = useApiClient();
  const mayInviteOwners = useMay('invite owners');
  const form = useForm<Invitation>({ initialValues: { email: '', role: 'developer' } });
  const invite = useAction({
    form,
    work: (given: Invitation) => api.members.invite.mutate({ accountId, ...given }),
    done({ email }) {
      close();
      notifications.show({ message: `A letter to ${email} is on its way.` });
    },
  });
  return (
    <FormDialog title="Invite" verb="Invite" {...invite} shownFields={['email', 'role']} onSubmit={form.onSubmit(invite.run)} close={close}>
      <TextInput label="E-mail address" type="email" required data-autofocus {...form.getInputProps('email')} />
      <Select
        label="Role"
        data={MEMBER_ROLES.filter(({ value }) => mayInviteOwners || value !== 'owner')}
        allowDeselect={false}
        {...form.getInputProps('role')}
      />
    </FormDialog>
  );
}
