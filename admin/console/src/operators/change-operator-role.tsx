import { Select, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { OperatorRole } from '@portico/admin-server/people/person.entity';
import { FormDialog } from '@portico/ui/forms/form-dialog';
import { useAction } from '@portico/ui/forms/use-action';
import type { Operator } from '../answers.ts';
import { useApiClient } from '../api.tsx';
import { OPERATOR_ROLES } from './operator-roles.ts';

type RoleForm = { role: OperatorRole };

export function ChangeOperatorRole({ operator: { id, email, operatorRole }, close }: { operator: Operator; close(): void }) {
  const api = useApiClient();
  const form = useForm<RoleForm>({ initialValues: { role: operatorRole ?? 'auditor' } });
  const change = useAction({ form, work: ({ role }: RoleForm) => api.operators.changeRole.mutate({ id, role }), done: close });
  return (
    <FormDialog
      title={`Role of ${email}`}
      verb="Change the role"
      {...change}
      shownFields={['role']}
      onSubmit={form.onSubmit(change.run)}
      close={close}
    >
      <Select label="Role" data={OPERATOR_ROLES} allowDeselect={false} {...form.getInputProps('role')} />
      <Text size="sm" c="dimmed">
        All sessions of the person here end: whoever it is signs in again, with the new role.
      </Text>
    </FormDialog>
  );
}
