import { Button, Group, Paper, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useApp } from '@portico/ui/app-root';
import { useAction } from '@portico/ui/forms/use-action';
import { Page } from '@portico/ui/layout/page';
import { RefusalAlert } from '@portico/ui/show/refusal-alert';
import { useNavigate } from '@tanstack/react-router';
import { useApi, useApiClient } from '../api.tsx';

export function NewAccountPage() {
  const [api, client, { queryClient }, navigate] = [useApi(), useApiClient(), useApp(), useNavigate()];
  const form = useForm({ initialValues: { name: '', slug: '' } });
  const create = useAction({
    form,
    work: client.accounts.create.mutate,
    async done({ id }) {
      await queryClient.refetchQueries(api.me.get.queryFilter());
      await navigate({ to: '/accounts/$accountId/keys', params: { accountId: id }, search: { mode: 'test' } });
    },
  });
  return (
    <Page
      title="Create an account"
      about="An account owns your API keys, your data and your webhooks. Your team shares it; invite them once it is there."
    >
      <Paper maw={560}>
        <form onSubmit={form.onSubmit(create.run)}>
          <Stack>
            <RefusalAlert refusal={create.refusal} shownFields={['name', 'slug']} />
            <TextInput
              label="Name"
              description="As your team and our support read it."
              required
              autoComplete="organization"
              {...form.getInputProps('name')}
              onBlur={() => form.getValues().slug === '' && form.setFieldValue('slug', slugOf(form.getValues().name))}
            />
            <TextInput
              label="Short name"
              description="Lower-case letters, digits and dashes. It is yours alone and stays."
              required
              autoComplete="off"
              {...form.getInputProps('slug')}
            />
            <Group>
              <Button type="submit" loading={create.isRunning}>
                Create the account
              </Button>
            </Group>
          </Stack>
        </form>
      </Paper>
    </Page>
  );
}

const SLUG_LENGTH_MAX = 39;

function slugOf(name: string): string {
  const plain = name.normalize('NFKD').toLowerCase();
  return plain
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, SLUG_LENGTH_MAX);
}
