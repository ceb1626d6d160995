import { Button, Group, Paper, Stack, Text, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { ConfirmDialog } from '@portico/ui/forms/confirm-dialog';
import { useAction } from '@portico/ui/forms/use-action';
import { Page } from '@portico/ui/layout/page';
import { Panel } from '@portico/ui/layout/panel';
import { Loaded } from '@portico/ui/show/loaded';
import { PageLink } from '@portico/ui/show/page-link';
import { RefusalAlert } from '@portico/ui/show/refusal-alert';
import { StatusBadge } from '@portico/ui/show/status-badge';
import { Time } from '@portico/ui/show/time';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import type { Ticket } from '../answers.ts';
import { useApi, useApiClient } from '../api.tsx';
import { useMay } from '../me.tsx';

const route = getRouteApi('/signed-in/tickets/$ticketId');

export function TicketPage() {
  const { ticketId } = route.useParams();
  const ticket = useQuery(useApi().tickets.get.queryOptions({ id: ticketId }));
  return <Loaded query={ticket}>{(found) => <TicketInFull ticket={found} />}</Loaded>;
}

function TicketInFull({ ticket }: { ticket: Ticket }) {
  const { id, subject, status, accountId, createdAt, messages } = ticket;
  const mayAnswer = useMay('answer tickets');
  const [isClosing, setClosing] = useState(false);
  const isOpen = status !== 'closed';
  return (
    <Page
      title={subject}
      about={
        <Group gap="xs">
          <StatusBadge status={status} />
          <PageLink to={`/accounts/${accountId}`}>{accountId}</PageLink>
          <span>
            opened <Time at={createdAt} />
          </span>
        </Group>
      }
      actions={
        mayAnswer &&
        isOpen && (
          <Button variant="default" onClick={() => setClosing(true)}>
            Close the ticket
          </Button>
        )
      }
    >
      <Stack component="ol" className="plain-list" aria-label="Messages">
        {messages.map((message) => (
          <Paper component="li" key={message.id} className={message.authorSide === 'operator' ? 'said-by-us' : undefined}>
            <Group justify="space-between" mb="xs">
              <Text fw={600} size="sm">
                {message.authorName}
                {message.authorSide === 'operator' && ' (Portico)'}
              </Text>
              <Text size="sm" c="dimmed">
                <Time at={message.createdAt} />
              </Text>
            </Group>
            <Text className="as-written">{message.body}</Text>
          </Paper>
        ))}
      </Stack>
      {mayAnswer && isOpen && <Reply id={id} />}
      {!isOpen && <Text c="dimmed">The ticket is closed. Another word of the developer opens it again.</Text>}
      {isClosing && <Close id={id} close={() => setClosing(false)} />}
    </Page>
  );
}

function Reply({ id }: { id: string }) {
  const api = useApiClient();
  const form = useForm({ initialValues: { body: '' } });
  const reply = useAction({
    form,
    work: ({ body }: { body: string }) => api.tickets.reply.mutate({ id, body }),
    done: () => form.reset(),
  });
  return (
    <Panel title="Answer">
      <form onSubmit={form.onSubmit(reply.run)}>
        <Stack>
          <Textarea label="Your words" required autosize minRows={4} maxRows={20} maxLength={10_000} {...form.getInputProps('body')} />
          <RefusalAlert refusal={reply.refusal} shownFields={['body']} />
          <Group>
            <Button type="submit" loading={reply.isRunning}>
              Send the answer
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}

function Close({ id, close }: { id: string; close(): void }) {
  const api = useApiClient();
  const closing = useAction({ work: () => api.tickets.close.mutate({ id }), done: close });
  return (
    <ConfirmDialog
      title="Close the ticket"
      verb="Close it"
      isDangerous={false}
      {...closing}
      confirm={() => closing.run(undefined)}
      close={close}
    >
      Nobody of ours can answer it any more. Another word of the developer opens it again.
    </ConfirmDialog>
  );
}
