import { Button, Fieldset, Group, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useAction } from '@portico/ui/forms/use-action';
import { Panel } from '@portico/ui/layout/panel';
import { RefusalAlert } from '@portico/ui/show/refusal-alert';
import { useApiClient } from '../api.tsx';
import { useAccount } from '../shared/use-account.ts';
import { WEBHOOK_FIELDS, WebhookFields, type WebhookValues, webhookSettings } from './webhook-fields.tsx';

type Endpoint = {
  id: string;
  url: string;
  description: string | null;
  events: string[];
  apiVersion: string;
  schedule: string;
  ratePerSecond: number | null;
  concurrency: number;
};

export function EditWebhook({ endpoint, isReadOnly }: { endpoint: Endpoint; isReadOnly: boolean }) {
  const client = useApiClient();
  const { tenant } = useAccount();
  const { id, url, events, apiVersion, schedule, description, ratePerSecond, concurrency } = endpoint;
  const form = useForm<WebhookValues>({
    initialValues: {
      url,
      events,
      apiVersion,
      concurrency,
      description: description ?? '',
      schedule: schedule === 'short' ? 'short' : 'standard',
      ratePerSecond: ratePerSecond ?? '',
    },
  });
  const save = useAction({
    form,
    work: (given: WebhookValues) => client.endpoints.update.mutate({ ...tenant, id, changes: webhookSettings(given) }),
    done: () => notifications.show({ message: 'The webhook is changed.' }),
  });
  return (
    <Panel title="Settings" about="Another address has to answer a test before it gets anything else.">
      <form onSubmit={form.onSubmit(save.run)}>
        <Fieldset variant="unstyled" disabled={isReadOnly}>
          <Stack maw={680}>
            <RefusalAlert refusal={save.refusal} shownFields={WEBHOOK_FIELDS} />
            <WebhookFields form={form} />
            {!isReadOnly && (
              <Group>
                <Button type="submit" loading={save.isRunning} disabled={!form.isDirty()}>
                  Save
                </Button>
              </Group>
            )}
          </Stack>
        </Fieldset>
      </form>
    </Panel>
  );
}
