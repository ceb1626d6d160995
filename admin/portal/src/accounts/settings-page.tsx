import { Button, Group, Stack, TagsInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useAction } from '@portico/ui/forms/use-action';
import { Page } from '@portico/ui/layout/page';
import { Panel } from '@portico/ui/layout/panel';
import { Loaded } from '@portico/ui/show/loaded';
import { RefusalAlert } from '@portico/ui/show/refusal-alert';
import { useQuery } from '@tanstack/react-query';
import { useApi, useApiClient } from '../api.tsx';
import { useAccount } from '../shared/use-account.ts';

export function SettingsPage() {
  const api = useApi();
  const { accountId } = useAccount();
  const account = useQuery(api.accounts.get.queryOptions({ accountId }));
  return (
    <Page title="Settings">
      <Loaded query={account}>{(given) => <AccountForm key={given.id} account={given} />}</Loaded>
    </Page>
  );
}

type Account = { id: string; slug: string; name: string; allowedOrigins: string[] };

function AccountForm({ account }: { account: Account }) {
  const client = useApiClient();
  const { accountId, isOwner } = useAccount();
  const form = useForm({ initialValues: { name: account.name, allowedOrigins: account.allowedOrigins } });
  const save = useAction({
    form,
    work: (changes: { name: string; allowedOrigins: string[] }) => client.accounts.update.mutate({ accountId, ...changes }),
    done: () => notifications.show({ message: 'The settings are saved.' }),
  });
  return (
    <Panel title="Account" about={`${account.slug} · ${account.id}`}>
      <form onSubmit={form.onSubmit(save.run)}>
        <Stack maw={560}>
          <RefusalAlert refusal={save.refusal} shownFields={['name', 'allowedOrigins']} />
          <TextInput label="Name" required readOnly={!isOwner} {...form.getInputProps('name')} />
          <TagsInput
            label="Origins of browser apps"
            description="Pages that may call the API from a browser, as https://app.example.com. Enter adds one."
            readOnly={!isOwner}
            {...form.getInputProps('allowedOrigins')}
          />
          {isOwner && (
            <Group>
              <Button type="submit" loading={save.isRunning}>
                Save
              </Button>
            </Group>
          )}
        </Stack>
      </form>
    </Panel>
  );
}
