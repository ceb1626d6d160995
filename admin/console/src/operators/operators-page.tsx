import { Button, Group, Paper } from '@mantine/core';
import { Page } from '@portico/ui/layout/page';
import { DataTable } from '@portico/ui/show/data-table';
import { AnchorLink } from '@portico/ui/show/links';
import { Loaded } from '@portico/ui/show/loaded';
import { Time } from '@portico/ui/show/time';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Operator } from '../answers.ts';
import { useApi } from '../api.tsx';
import { useMay, useMe } from '../me.tsx';
import { ChangeOperatorRole } from './change-operator-role.tsx';
import { CreateOperator } from './create-operator.tsx';
import { TakeRoleAway } from './take-role-away.tsx';

export function OperatorsPage() {
  const operators = useQuery(useApi().operators.list.queryOptions());
  const [dialog, setDialog] = useState<ReactNode>();
  const me = useMe();
  const mayChange = useMay('change operators');
  const close = (): void => setDialog(undefined);
  const deeds = (operator: Operator) => (
    <Group gap="xs" justify="flex-end" wrap="nowrap">
      <Button size="xs" variant="default" onClick={() => setDialog(<ChangeOperatorRole operator={operator} close={close} />)}>
        Role
      </Button>
      <Button size="xs" variant="light" color="red" onClick={() => setDialog(<TakeRoleAway operator={operator} close={close} />)}>
        Remove
      </Button>
    </Group>
  );
  return (
    <Page
      title="Operators"
      about="Who may sign in here. An admin does everything, support looks after accounts, an auditor looks."
      actions={mayChange && <Button onClick={() => setDialog(<CreateOperator close={close} />)}>New operator</Button>}
    >
      <Paper>
        <Loaded query={operators}>
          {(rows) => (
            <DataTable
              label="Operators"
              rows={rows}
              keyOf={({ id }) => id}
              empty="There is no operator."
              columns={[
                { header: 'E-mail address', cell: ({ id, email }) => (id === me.id ? `${email} (you)` : email) },
                { header: 'Name', cell: ({ name }) => name },
                { header: 'Role', cell: ({ operatorRole }) => operatorRole },
                { header: 'Second factor', cell: ({ twoFactorEnabled }) => (twoFactorEnabled ? 'yes' : 'no') },
                { header: 'Since', cell: ({ createdAt }) => <Time at={createdAt} precision="day" /> },
                {
                  header: 'Changes',
                  cell: ({ id }) => (
                    <AnchorLink to="/admin-log" search={{ actor: id }}>
                      in the admin log
                    </AnchorLink>
                  ),
                },
                ...(mayChange ? [{ header: 'What can be done', hiddenHeader: true, cell: deeds }] : []),
              ]}
            />
          )}
        </Loaded>
      </Paper>
      {dialog}
    </Page>
  );
}
