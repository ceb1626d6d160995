import { Select, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import type { OperatorRole } from '@portico/admin-server/people/person.entity';
import { FormDialog } from '@portico/ui/forms/form-dialog';
import { SecretOnce } from '@portico/ui/forms/secret-once';
import { useAction } from '@portico/ui/forms/use-action';
import { useState } from 'react';
import { useApiClient } from '../api.tsx';
import { OPERATOR_ROLES } from './operator-roles.ts';

type NewOperator = { email: string; name: string; role: OperatorRole };

export function CreateOperator({ close }: { close(): void }) {
  const api = useApiClient();
  const [password, setPassword] = useState<string>();
  const form = useForm<NewOperator>({ initialValues: { email: '', name: '', role: 'support' } });
  const create = useAction({
    form,
    work: (given: NewOperator) => api.operators.create.mutate(given),
    done(made) {
      if (made.password !== undefined) return setPassword(made.password);
      // Somebody who has a password already.
      close();
      notifications.show({ message: `${made.email} is an operator now, with the password of before.` });
    },
  });
  if (password !== undefined)
    return <SecretOnce title="The operator is made" secrets={[{ label: 'One-time password', value: password }]} close={close} />;
  return (
    <FormDialog
      title="New operator"
      verb="Create the operator"
      {...create}
      shownFields={['email', 'name', 'role']}
      onSubmit={form.onSubmit(create.run)}
      close={close}
    >
      <TextInput
        label="E-mail address"
        description="You vouch for it: no letter asks its owner."
        type="email"
        required
        data-autofocus
        {...form.getInputProps('email')}
      />
      <TextInput label="Name" required maxLength={100} {...form.getInputProps('name')} />
      <Select label="Role" data={OPERATOR_ROLES} allowDeselect={false} {...form.getInputProps('role')} />
    </FormDialog>
  );
}
