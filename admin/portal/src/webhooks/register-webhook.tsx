import { Alert, Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { SecretOnce } from '@portico/ui/forms/secret-once';
import { useAction } from '@portico/ui/forms/use-action';
import { RefusalAlert } from '@portico/ui/show/refusal-alert';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useApiClient } from '../api.tsx';
import { useAccount } from '../shared/use-account.ts';
import { WEBHOOK_FIELDS, WebhookFields, type WebhookValues, webhookSettings } from './webhook-fields.tsx';

type Values = WebhookValues & { secret: string };
const EMPTY: Values = {
  url: '',
  description: '',
  events: [],
  apiVersion: '1',
  schedule: 'standard',
  ratePerSecond: '',
  concurrency: '',
  secret: '',
};

export function RegisterWebhook({ close }: { close(): void }) {
  const client = useApiClient();
  const { accountId, mode, tenant } = useAccount();
  const navigate = useNavigate();
  const [made, setMade] = useState<{ id: string; secret: string }>();
  const form = useForm<Values>({ initialValues: EMPTY });
  const register = useAction({
    form,
    work: ({ secret, ...given }: Values) =>
      client.endpoints.create.mutate({ ...tenant, ...webhookSettings(given), ...(secret === '' ? {} : { secret }) }),
    done({ id, secret, status, verificationFailure }) {
      setMade({ id, secret });
      notifications.show(
        status === 'active'
          ? { message: 'The address has answered: it gets events from now on.' }
          : {
              color: 'yellow',
              autoClose: false,
              message: `The address has not answered the test: ${verificationFailure?.message ?? 'test it again'}`,
            },
      );
    },
  });
  const seen = (): Promise<void> => {
    close();
    return navigate({
      to: '/accounts/$accountId/webhooks/$endpointId',
      params: { accountId, endpointId: made?.id ?? '' },
      search: { mode },
    });
  };
  if (made !== undefined)
    return (
      <SecretOnce
        title="The secret of your webhook"
        secrets={[{ label: 'Signing secret', value: made.secret }]}
        close={() => void seen()}
      />
    );
  return (
    <Modal opened onClose={close} title={`Register a webhook of ${mode} mode`} size="lg" closeOnClickOutside={false}>
      <form onSubmit={form.onSubmit(register.run)}>
        <Stack>
          <RefusalAlert refusal={register.refusal} shownFields={WEBHOOK_FIELDS} />
          <WebhookFields form={form} />
          <TextInput
            label="Secret"
            description="What signs the events. One is made for you when you leave this empty."
            autoComplete="off"
            spellCheck={false}
            {...form.getInputProps('secret')}
          />
          {register.isRunning && (
            <Alert variant="light" role="status">
              The address is being asked to answer. That takes up to half a minute.
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={register.isRunning}>
              Register
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
