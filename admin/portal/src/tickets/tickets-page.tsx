import { Button, Group, Modal, Paper, Stack, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useAction } from '@portico/ui/forms/use-action';
import { Page } from '@portico/ui/layout/page';
import { DataTable } from '@portico/ui/show/data-table';
import { AnchorLink } from '@portico/ui/show/links';
import { Loaded } from '@portico/ui/show/loaded';
import { RefusalAlert } from '@portico/ui/show/refusal-alert';
import { StatusBadge } from '@portico/ui/show/status-badge';
import { Time } from '@portico/ui/show/time';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useApi, useApiClient } from '../api.tsx';
import { useAccount } from '../shared/use-account.ts';

const LATEST = 100;

export function TicketsPage() {
  const api = useApi();
  const { accountId, mode, mayAct } = useAccount();
  const [isAsking, setAsking] = useState(false);
  const tickets = useQuery(api.tickets.list.queryOptions({ accountId, limit: LATEST }));
  return (
    <Page
      title="Support"
      about="Ask us. Never send us a secret: we have no use for it."
      actions={mayAct && <Button onClick={() => setAsking(true)}>Ask a question</Button>}
    >
      <Paper>
        <Loaded query={tickets}>
          {(rows) => (
            <DataTable
              label="Tickets"
              rows={rows}
              keyOf={({ id }) => id}
              empty="There are no questions yet."
              columns={[
                {
                  header: 'Subject',
                  cell: ({ id, subject }) => (
                    <AnchorLink to="/accounts/$accountId/tickets/$ticketId" params={{ accountId, ticketId: id }} search={{ mode }} fw={600}>
                      {subject}
                    </AnchorLink>
                  ),
                },
                { header: 'Status', cell: ({ status }) => <StatusBadge status={status} /> },
                { header: 'Asked', cell: ({ createdAt }) => <Time at={createdAt} /> },
                { header: 'Last change', cell: ({ updatedAt }) => <Time at={updatedAt} /> },
              ]}
            />
          )}
        </Loaded>
      </Paper>
      {isAsking && <Ask close={() => setAsking(false)} />}
    </Page>
  );
}

function Ask({ close }: { close(): void }) {
  const client = useApiClient();
  const { accountId, mode } = useAccount();
  const navigate = useNavigate();
  const form = useForm({ initialValues: { subject: '', body: '' } });
  const open = useAction({
    form,
    work: (given: { subject: string; body: string }) => client.tickets.open.mutate({ accountId, ...given }),
    done: ({ id }) => navigate({ to: '/accounts/$accountId/tickets/$ticketId', params: { accountId, ticketId: id }, search: { mode } }),
  });
  return (
    <Modal opened onClose={close} title="Ask a question" size="lg" closeOnClickOutside={false}>
      <form onSubmit={form.onSubmit(open.run)}>
        <Stack>
          <RefusalAlert refusal={open.refusal} shownFields={['subject', 'body']} />
          <TextInput label="Subject" required maxLength={200} data-autofocus {...form.getInputProps('subject')} />
          <Textarea
            label="Question"
            description="Request ids help us to find what happened."
            required
            autosize
            minRows={5}
            maxRows={16}
            maxLength={10_000}
            {...form.getInputProps('body')}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={open.isRunning}>
              Send
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
