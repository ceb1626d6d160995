import { Alert, Stack, Text } from '@mantine/core';
import { Page } from '@portico/ui/layout/page';
import { Panel } from '@portico/ui/layout/panel';
import { Facts } from '@portico/ui/show/facts';
import { AnchorLink } from '@portico/ui/show/links';
import { Loaded } from '@portico/ui/show/loaded';
import { StatusBadge } from '@portico/ui/show/status-badge';
import { Time } from '@portico/ui/show/time';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useApi } from '../api.tsx';
import { useAccount } from '../shared/use-account.ts';
import { EditWebhook } from './edit-webhook.tsx';
import { ReplaysPanel } from './replays-panel.tsx';
import { WebhookActions } from './webhook-actions.tsx';

const REASONS: Readonly<Record<string, string>> = {
  unverified: 'The address has not answered a test yet: it gets nothing until it has.',
  gone: 'The address answered 410, Gone: it gets nothing until you switch it on again.',
  failing: 'The address failed for days: it gets nothing until you switch it on again. What happened meanwhile is held.',
  switched_off: 'It was switched off. What happens meanwhile is held.',
};

export function WebhookPage() {
  const api = useApi();
  const { accountId, mode, tenant, mayAct } = useAccount();
  const { endpointId: id } = useParams({ from: '/signed-in/accounts/$accountId/webhooks/$endpointId' });
  const endpoint = useQuery(api.endpoints.get.queryOptions({ ...tenant, id }));
  return (
    <Page
      title="Webhook"
      about={<span className="breaking">{endpoint.data?.url ?? id}</span>}
      actions={mayAct && endpoint.data !== undefined && <WebhookActions endpoint={endpoint.data} />}
    >
      <Loaded query={endpoint}>
        {(given) => (
          <Stack gap="lg">
            {given.disabledReason !== null && (
              <Alert color="yellow" variant="light" title={REASONS[given.disabledReason]}>
                {given.verificationFailure?.message}
              </Alert>
            )}
            <Panel title="State" actions={<StatusBadge status={given.status} />}>
              <Facts
                facts={{
                  Id: given.id,
                  'Last success': <Time at={given.health.lastSucceededAt} never="never" />,
                  'Last failure': <Time at={given.health.lastFailedAt} never="never" />,
                  'Failing since': <Time at={given.health.failingSince} />,
                  'Nothing before': <Time at={given.health.gateUntil} />,
                  'Old secret until': <Time at={given.previousSecretExpiresAt} never="no rotation is under way" />,
                }}
              />
              <Text mt="md" size="sm">
                <AnchorLink
                  to="/accounts/$accountId/deliveries"
                  params={{ accountId }}
                  search={{ mode, endpointId: id, status: undefined }}
                >
                  What was sent to it
                </AnchorLink>
              </Text>
            </Panel>
            <ReplaysPanel endpointId={id} />
            <EditWebhook key={given.updatedAt} endpoint={given} isReadOnly={!mayAct} />
          </Stack>
        )}
      </Loaded>
      <AnchorLink to="/accounts/$accountId/webhooks" params={{ accountId }} search={{ mode }} size="sm">
        All webhooks
      </AnchorLink>
    </Page>
  );
}
