import { Select } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { MemberRole } from '@portico/admin-server/members/member.entity';
import { FormDialog } from '@portico/ui/forms/form-dialog';
import { useAction } from '@portico/ui/forms/use-action';
import type { Member } from '../answers.ts';
import { useApiClient } from '../api.tsx';
import { MEMBER_ROLES } from './member-roles.ts';

export function ChangeRole({ accountId, member, close }: { accountId: string; member: Member; close(): void }) {
  const api = useApiClient();
  const form = useForm<{ role: MemberRole }>({ initialValues: { role: member.role } });
  const change = useAction({
    form,
    work: ({ role }: { role: MemberRole }) => api.members.changeRole.mutate({ accountId, id: member.id, role }),
    done: close,
  });
  return (
    <FormDialog
      title={`Role of ${member.email}`}
      verb="Change the role"
      {...change}
      shownFields={['role']}
      onSubmit={form.onSubmit(change.run)}
      close={close}
    >
      <Select label="Role" data={MEMBER_ROLES} allowDeselect={false} {...form.getInputProps('role')} />
    </FormDialog>
  );
}
