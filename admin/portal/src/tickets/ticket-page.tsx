import { Button, Group, Paper, Stack, Text, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useAction } from '@portico/ui/forms/use-action';
import { Page } from '@portico/ui/layout/page';
import { Loaded } from '@portico/ui/show/loaded';
import { RefusalAlert } from '@portico/ui/show/refusal-alert';
import { StatusBadge } from '@portico/ui/show/status-badge';
import { Time } from '@portico/ui/show/time';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useApi, useApiClient } from '../api.tsx';
import { useAccount } from '../shared/use-account.ts';

const ASK_AGAIN_MS = 30_000;

export function TicketPage() {
  const [api, client] = [useApi(), useApiClient()];
  const { accountId, mayAct } = useAccount();
  const { ticketId: id } = useParams({ from: '/signed-in/accounts/$accountId/tickets/$ticketId' });
  const ticket = useQuery(api.tickets.get.queryOptions({ accountId, id }, { refetchInterval: ASK_AGAIN_MS }));
  const close = useAction({ work: () => client.tickets.close.mutate({ accountId, id }) });
  return (
    <Page
      title={ticket.data?.subject ?? 'Ticket'}
      about={ticket.data !== undefined && <StatusBadge status={ticket.data.status} />}
      actions={
        mayAct &&
        ticket.data !== undefined &&
        ticket.data.status !== 'closed' && (
          <Button variant="default" loading={close.isRunning} onClick={() => close.run(undefined)}>
            Close it
          </Button>
        )
      }
    >
      <RefusalAlert refusal={close.refusal} />
      <Loaded query={ticket}>
        {({ messages }) => (
          <Stack maw={760} aria-live="polite">
            {messages.map((message) => (
              <Paper
                key={message.id}
                component="article"
                ml={message.authorSide === 'developer' ? 'xl' : 0}
                mr={message.authorSide === 'developer' ? 0 : 'xl'}
              >
                <Group justify="space-between" mb="xs">
                  <Text size="sm" fw={600}>
                    {message.authorName} {message.authorSide === 'operator' && '· support'}
                  </Text>
                  <Text size="xs" c="dimmed">
                    <Time at={message.createdAt} />
                  </Text>
                </Group>
                <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
                  {message.body}
                </Text>
              </Paper>
            ))}
          </Stack>
        )}
      </Loaded>
      {mayAct && <Reply id={id} />}
    </Page>
  );
}

function Reply({ id }: { id: string }) {
  const client = useApiClient();
  const { accountId } = useAccount();
  const form = useForm({ initialValues: { body: '' } });
  const reply = useAction({
    form,
    work: ({ body }: { body: string }) => client.tickets.reply.mutate({ accountId, id, body }),
    done: form.reset,
  });
  return (
    <form onSubmit={form.onSubmit(reply.run)}>
      <Stack maw={760}>
        <RefusalAlert refusal={reply.refusal} shownFields={['body']} />
        <Textarea label="Your reply" required autosize minRows={3} maxRows={16} maxLength={10_000} {...form.getInputProps('body')} />
        <Group>
          <Button type="submit" loading={reply.isRunning}>
            Send
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
