import { Button, Group } from '@mantine/core';
import { Panel } from '@portico/ui/layout/panel';
import { DataTable } from '@portico/ui/show/data-table';
import { Loaded } from '@portico/ui/show/loaded';
import { StatusBadge } from '@portico/ui/show/status-badge';
import { Time } from '@portico/ui/show/time';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { Member } from '../answers.ts';
import { useApi } from '../api.tsx';
import { useMay } from '../me.tsx';
import { ChangeRole } from './change-role.tsx';
import { InviteMember } from './invite-member.tsx';
import { RemoveMember } from './remove-member.tsx';

const route = getRouteApi('/signed-in/accounts/$accountId/members');

export function MembersTab() {
  const { accountId } = route.useParams();
  const members = useQuery(useApi().members.list.queryOptions({ accountId }));
  const [dialog, setDialog] = useState<ReactNode>();
  const mayInvite = useMay('invite members');
  const mayChange = useMay('change members');
  const given = { accountId, close: () => setDialog(undefined) };
  const deeds = (member: Member) => (
    <Group gap="xs" justify="flex-end" wrap="nowrap">
      <Button size="xs" variant="default" onClick={() => setDialog(<ChangeRole {...given} member={member} />)}>
        Role
      </Button>
      <Button size="xs" variant="light" color="red" onClick={() => setDialog(<RemoveMember {...given} member={member} />)}>
        Remove
      </Button>
    </Group>
  );
  return (
    <Panel
      title="Members"
      about="Who works on the account in the developer portal. Whoever is invited is a member once the address is confirmed."
      actions={mayInvite && <Button onClick={() => setDialog(<InviteMember {...given} />)}>Invite</Button>}
    >
      <Loaded query={members}>
        {(rows) => (
          <DataTable
            label="Members"
            rows={rows}
            keyOf={({ id }) => id}
            empty="The account has no members yet: nobody sees it in the portal."
            columns={[
              { header: 'E-mail address', cell: ({ email }) => email },
              { header: 'Role', cell: ({ role }) => role },
              { header: 'Status', cell: ({ status }) => <StatusBadge status={status} /> },
              { header: 'Since', cell: ({ createdAt }) => <Time at={createdAt} precision="day" /> },
              ...(mayChange ? [{ header: 'What can be done', hiddenHeader: true, cell: deeds }] : []),
            ]}
          />
        )}
      </Loaded>
      {dialog}
    </Panel>
  );
}
