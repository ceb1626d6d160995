import { Accordion, Button, Group, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { formatDuration } from '@portico/ui/data/format';
import { useAction } from '@portico/ui/forms/use-action';
import { Page } from '@portico/ui/layout/page';
import { Panel } from '@portico/ui/layout/panel';
import { Empty } from '@portico/ui/show/data-table';
import { Facts } from '@portico/ui/show/facts';
import { Loaded } from '@portico/ui/show/loaded';
import { RefusalAlert } from '@portico/ui/show/refusal-alert';
import { StatusBadge } from '@portico/ui/show/status-badge';
import { Time } from '@portico/ui/show/time';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useApi, useApiClient } from '../api.tsx';
import { Exchange } from '../shared/exchange.tsx';
import { useAccount } from '../shared/use-account.ts';

const ASK_AGAIN_MS = 1_500;

/** One event for one webhook, with every try in full. While it is under way it is looked at again. */
export function DeliveryPage() {
  const [api, client] = [useApi(), useApiClient()];
  const { tenant, mayAct } = useAccount();
  const { deliveryId: id } = useParams({ from: '/signed-in/accounts/$accountId/deliveries/$deliveryId' });
  const delivery = useQuery(
    api.deliveries.get.queryOptions(
      { ...tenant, id },
      { refetchInterval: ({ state }) => (state.data?.status === 'pending' ? ASK_AGAIN_MS : false) },
    ),
  );
  const replay = useAction({
    work: () => client.deliveries.replay.mutate({ ...tenant, id }),
    done: () => notifications.show({ message: 'It is sent again.' }),
  });
  return (
    <Page
      title={delivery.data?.eventType ?? 'Delivery'}
      about={id}
      actions={
        mayAct &&
        delivery.data !== undefined && (
          <Button loading={replay.isRunning} onClick={() => replay.run(undefined)}>
            Send it again
          </Button>
        )
      }
    >
      <RefusalAlert refusal={replay.refusal} />
      <Loaded query={delivery}>
        {(given) => (
          <Stack gap="lg">
            <Panel title="State" actions={<StatusBadge status={given.status} />}>
              <Facts
                facts={{
                  Event: given.eventId,
                  Webhook: given.endpointId,
                  Created: <Time at={given.createdAt} precision="second" />,
                  Completed: <Time at={given.completedAt} precision="second" />,
                  'Next try': <Time at={given.nextAttemptAt} precision="second" />,
                  Tries: given.attemptCount,
                }}
              />
            </Panel>
            <Panel title="Tries" about="Newest first.">
              <Attempts attempts={given.attempts} />
            </Panel>
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

type Attempt = Parameters<typeof Exchange>[0] & { id: string; number: number; outcome: string; startedAt: string; durationMs: number };

function Attempts({ attempts }: { attempts: readonly Attempt[] }) {
  if (attempts.length === 0) return <Empty>There was none yet.</Empty>;
  return (
    <Accordion variant="separated" defaultValue={attempts[0]?.id}>
      {attempts.map((attempt) => (
        <Accordion.Item key={attempt.id} value={attempt.id}>
          <Accordion.Control>
            <Group gap="sm">
              <Text fw={600}>Try {attempt.number}</Text>
              <StatusBadge status={attempt.outcome} />
              <Text size="sm">{attempt.response?.status ?? attempt.error?.code}</Text>
              <Text size="sm" c="dimmed">
                <Time at={attempt.startedAt} precision="second" /> · {formatDuration(attempt.durationMs)}
              </Text>
            </Group>
          </Accordion.Control>
          <Accordion.Panel>
            <Exchange {...attempt} />
          </Accordion.Panel>
        </Accordion.Item>
      ))}
    </Accordion>
  );
}
