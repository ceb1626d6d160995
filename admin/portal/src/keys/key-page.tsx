import { Code, Stack } from '@mantine/core';
import { Page } from '@portico/ui/layout/page';
import { Panel } from '@portico/ui/layout/panel';
import { Facts } from '@portico/ui/show/facts';
import { Loaded } from '@portico/ui/show/loaded';
import { StatusBadge } from '@portico/ui/show/status-badge';
import { Time } from '@portico/ui/show/time';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useApi } from '../api.tsx';
import { useAccount } from '../shared/use-account.ts';
import { EditKey } from './edit-key.tsx';
import { KeyActions } from './key-actions.tsx';

const KeyUsage = lazy(() => import('./key-usage.tsx').then(({ KeyUsage }) => ({ default: KeyUsage })));

export function KeyPage() {
  const api = useApi();
  const { accountId, mayAct } = useAccount();
  const { keyId } = useParams({ from: '/signed-in/accounts/$accountId/keys/$keyId' });
  const key = useQuery(api.apiKeys.get.queryOptions({ accountId, id: keyId }));
  return (
    <Page
      title={key.data?.name ?? 'API key'}
      about={keyId}
      actions={
        mayAct && key.data?.status === 'active' && <KeyActions id={keyId} name={key.data.name} isReplaced={key.data.replacedBy !== null} />
      }
    >
      <Loaded query={key}>
        {(given) => (
          <Stack gap="lg">
            <Panel title="Key" actions={<StatusBadge status={given.status} />}>
              <Facts
                facts={{
                  Key: <Code>{given.keyHint}</Code>,
                  Mode: <StatusBadge status={given.mode} />,
                  Tier: given.tier,
                  Created: <Time at={given.createdAt} />,
                  'Last used': <Time at={given.lastUsedAt} never="never" />,
                  Expires: <Time at={given.expiresAt} />,
                  ...(given.replacedBy == null ? {} : { 'Replaced by': given.replacedBy }),
                }}
              />
            </Panel>
            <Panel title="Requests per day" about="The last 30 days, in UTC.">
              <Suspense>
                <KeyUsage keyId={keyId} />
              </Suspense>
            </Panel>
            <EditKey key={JSON.stringify([given.scopes, given.name])} given={given} isReadOnly={!mayAct || given.status !== 'active'} />
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}
