import { Button, Group, List, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useAction } from '@portico/ui/forms/use-action';
import { Panel } from '@portico/ui/layout/panel';
import { Loaded } from '@portico/ui/show/loaded';
import { RefusalAlert } from '@portico/ui/show/refusal-alert';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { Account } from '../answers.ts';
import { useApi, useApiClient } from '../api.tsx';
import { useMay } from '../me.tsx';

const route = getRouteApi('/signed-in/accounts/$accountId/');

export function AccountOverview() {
  const { accountId } = route.useParams();
  const account = useQuery(useApi().accounts.get.queryOptions({ accountId }));
  const mayChange = useMay('change accounts');
  return (
    <Panel title="Settings" about="Changes hold on every gateway within a second.">
      <Loaded query={account}>
        {(found) => (mayChange ? <AccountForm key={found.id} account={found} /> : <AccountInWords account={found} />)}
      </Loaded>
    </Panel>
  );
}

function AccountForm({ account }: { account: Account }) {
  const client = useApiClient();
  const form = useForm({ initialValues: { name: account.name, allowedOrigins: [...account.allowedOrigins] } });
  const save = useAction({
    form,
    work: (changes: { name: string; allowedOrigins: string[] }) => client.accounts.update.mutate({ accountId: account.id, ...changes }),
    done(_, given) {
      form.resetDirty(given);
      notifications.show({ message: 'The account is changed.' });
    },
  });
  return (
    <form onSubmit={form.onSubmit(save.run)}>
      <Stack maw={560}>
        <RefusalAlert refusal={save.refusal} shownFields={['name', 'allowedOrigins']} />
        <TextInput label="Name" required maxLength={100} {...form.getInputProps('name')} />
        <TagsInput
          label="Origins whose pages may call the API"
          description="As browsers send them, as https://shop.example. Enter adds one."
          {...form.getInputProps('allowedOrigins')}
        />
        <Group>
          <Button type="submit" loading={save.isRunning} disabled={!form.isDirty()}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function AccountInWords({ account: { name, allowedOrigins } }: { account: Account }) {
  return (
    <Stack gap="xs">
      <Text>Name: {name}</Text>
      {allowedOrigins.length === 0 ? (
        <Text>No page of any origin may call the API from a browser.</Text>
      ) : (
        <>
          <Text>Origins whose pages may call the API:</Text>
          <List>
            {allowedOrigins.map((origin) => (
              <List.Item key={origin}>{origin}</List.Item>
            ))}
          </List>
        </>
      )}
    </Stack>
  );
}
