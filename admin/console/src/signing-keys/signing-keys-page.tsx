import { Badge, Button, Code, Paper } from '@mantine/core';
import { Page } from '@portico/ui/layout/page';
import { DataTable } from '@portico/ui/show/data-table';
import { Loaded } from '@portico/ui/show/loaded';
import { Time } from '@portico/ui/show/time';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { SigningKey } from '../answers.ts';
import { useApi } from '../api.tsx';
import { useMay } from '../me.tsx';
import { keyStates } from './key-states.ts';
import { RotateSigningKey } from './rotate-signing-key.tsx';
import { WithdrawSigningKey } from './withdraw-signing-key.tsx';

const COLORS = { 'signs now': 'teal', 'will sign': 'accent', published: 'yellow', ended: 'gray' } as const;

export function SigningKeysPage() {
  const keys = useQuery(useApi().signingKeys.list.queryOptions());
  const [dialog, setDialog] = useState<ReactNode>();
  const mayChange = useMay('change signing keys');
  const close = (): void => setDialog(undefined);
  const withdraw = (key: SigningKey) => (
    <Button size="xs" variant="light" color="red" onClick={() => setDialog(<WithdrawSigningKey signingKey={key} close={close} />)}>
      Withdraw
    </Button>
  );
  return (
    <Page
      title="Signing keys"
      about="They sign access tokens and service tokens. Their public halves are at /.well-known/jwks.json; the private ones leave the server for nobody."
      actions={mayChange && <Button onClick={() => setDialog(<RotateSigningKey close={close} />)}>Rotate</Button>}
    >
      <Paper>
        <Loaded query={keys}>
          {(rows) => {
            const states = keyStates(rows, new Date());
            const stateOf = ({ id }: SigningKey) => states.get(id) ?? 'ended';
            return (
              <DataTable
                label="Signing keys"
                rows={rows}
                keyOf={({ id }) => id}
                empty="There is no signing key yet: the first token makes one."
                columns={[
                  { header: 'Id', cell: ({ id }) => <Code>{id}</Code> },
                  { header: 'State', cell: (key) => <Badge color={COLORS[stateOf(key)]}>{stateOf(key)}</Badge> },
                  { header: 'Signs from', cell: ({ notBefore }) => <Time at={notBefore} /> },
                  { header: 'Published until', cell: ({ retiredAt }) => <Time at={retiredAt} never="further notice" /> },
                  ...(mayChange
                    ? [
                        {
                          header: 'What can be done',
                          hiddenHeader: true,
                          cell: (key: SigningKey) => stateOf(key) !== 'ended' && withdraw(key),
                        },
                      ]
                    : []),
                ]}
              />
            );
          }}
        </Loaded>
      </Paper>
      {dialog}
    </Page>
  );
}
