import { TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { FormDialog } from '@portico/ui/forms/form-dialog';
import { useAction } from '@portico/ui/forms/use-action';
import { useNavigate } from '@tanstack/react-router';
import { useApiClient } from '../api.tsx';

type NewAccount = { slug: string; name: string };

export function CreateAccount({ close }: { close(): void }) {
  const api = useApiClient();
  const navigate = useNavigate();
  const form = useForm<NewAccount>({ initialValues: { slug: '', name: '' } });
  const create = useAction({
    form,
    work: (given: NewAccount) => api.accounts.create.mutate(given),
    done: ({ id }) => navigate({ to: '/accounts/$accountId', params: { accountId: id } }),
  });
  return (
    <FormDialog
      title="New account"
      verb="Create the account"
      {...create}
      shownFields={['slug', 'name']}
      onSubmit={form.onSubmit(create.run)}
      close={close}
    >
      <TextInput
        label="Slug"
        description="2 to 39 lower-case letters, digits and dashes. It stays for good."
        required
        data-autofocus
        {...form.getInputProps('slug')}
      />
      <TextInput label="Name" required maxLength={100} {...form.getInputProps('name')} />
    </FormDialog>
  );
}
