import { Alert, Button, Group, NumberInput, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { ConfirmDialog } from '@portico/ui/forms/confirm-dialog';
import { useAction } from '@portico/ui/forms/use-action';
import { useState } from 'react';
import type { Endpoint } from '../answers.ts';
import { useApiClient } from '../api.tsx';
import type { Tenant } from './webhook-links.tsx';

type Given = { tenant: Tenant; endpoint: Endpoint; close(): void };

/** An active endpoint is paused, a paused one resumed, a disabled one enabled; each is tested. */
export function EndpointDeeds({ tenant, endpoint }: { tenant: Tenant; endpoint: Endpoint }) {
  const [deed, setDeed] = useState<'test' | 'pause' | 'resume'>();
  const close = (): void => setDeed(undefined);
  const given = { tenant, endpoint, close };
  return (
    <Group gap="xs">
      <Button variant="default" onClick={() => setDeed('test')}>
        Test
      </Button>
      {endpoint.status === 'active' ? (
        <Button color="red" variant="light" onClick={() => setDeed('pause')}>
          Pause
        </Button>
      ) : (
        <Button variant="light" onClick={() => setDeed('resume')}>
          {endpoint.status === 'paused' ? 'Resume' : 'Enable'}
        </Button>
      )}
      {deed === 'test' && <TestDialog {...given} />}
      {deed === 'pause' && <PauseDialog {...given} />}
      {deed === 'resume' && <ResumeDialog {...given} />}
    </Group>
  );
}

function TestDialog({ tenant, endpoint: { id, url }, close }: Given) {
  const api = useApiClient();
  const [told, setTold] = useState<{ isDelivered: boolean; text: string }>();
  const test = useAction({
    work: () => api.endpoints.test.mutate({ ...tenant, id }),
    done: ({ delivered, response, error, timings }) =>
      setTold({
        isDelivered: delivered,
        text: `${response === null ? (error?.message ?? 'no answer') : `It answered ${response.status}`}, after ${Math.round(timings.totalMs)} ms.`,
      }),
  });
  return (
    <ConfirmDialog
      title="Test the endpoint"
      verb={told === undefined ? 'Send a test' : 'Send another'}
      isDangerous={false}
      {...test}
      confirm={() => test.run(undefined)}
      close={close}
    >
      <Stack gap="sm">
        <Text size="sm">
          A signed <code>webhook.test</code> is sent to <span className="breaking">{url}</span>.
        </Text>
        <div role="status">
          {told !== undefined && (
            <Alert
              color={told.isDelivered ? 'teal' : 'red'}
              variant="light"
              title={told.isDelivered ? 'It was delivered' : 'It was not delivered'}
            >
              {told.text}
            </Alert>
          )}
        </div>
      </Stack>
    </ConfirmDialog>
  );
}

function PauseDialog({ tenant, endpoint: { id }, close }: Given) {
  const api = useApiClient();
  const pause = useAction({
    work: () => api.endpoints.pause.mutate({ ...tenant, id }),
    done() {
      close();
      notifications.show({ message: 'The endpoint is paused.' });
    },
  });
  return (
    <ConfirmDialog title="Pause the endpoint" verb="Pause it" {...pause} confirm={() => pause.run(undefined)} close={close}>
      Nothing is sent to it until it is resumed. Nothing is lost: its events are held.
    </ConfirmDialog>
  );
}

function ResumeDialog({ tenant, endpoint: { id, status }, close }: Given) {
  const api = useApiClient();
  const [perSecond, setPerSecond] = useState<number | string>('');
  const verb = status === 'paused' ? 'Resume' : 'Enable';
  const resume = useAction({
    work: () => {
      const input = { ...tenant, id, ...(perSecond === '' ? {} : { drainPerSecond: Number(perSecond) }) };
      return status === 'paused' ? api.endpoints.resume.mutate(input) : api.endpoints.enable.mutate(input);
    },
    done() {
      close();
      notifications.show({ message: 'The endpoint gets its events again.' });
    },
  });
  return (
    <ConfirmDialog
      title={`${verb} the endpoint`}
      verb={verb}
      isDangerous={false}
      {...resume}
      confirm={() => resume.run(undefined)}
      close={close}
    >
      <Stack>
        <Text size="sm">What was held is sent, the oldest first, and then what comes.</Text>
        <NumberInput
          label="Of what was held, at most so many a second"
          description="Left empty: as fast as the endpoint takes it."
          min={1}
          max={1_000}
          allowDecimal={false}
          value={perSecond}
          onChange={setPerSecond}
        />
      </Stack>
    </ConfirmDialog>
  );
}
