import { Code, Stack } from '@mantine/core';
import { Panel } from '@portico/ui/layout/panel';
import { Facts } from '@portico/ui/show/facts';
import { Loaded } from '@portico/ui/show/loaded';
import { StatusBadge } from '@portico/ui/show/status-badge';
import { Time } from '@portico/ui/show/time';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { Endpoint } from '../answers.ts';
import { useApi } from '../api.tsx';
import { useMay } from '../me.tsx';
import { Deliveries } from './deliveries.tsx';
import { EndpointDeeds } from './endpoint-deeds.tsx';
import { Replays } from './replays.tsx';
import { EndpointsLink } from './webhook-links.tsx';

const route = getRouteApi('/signed-in/accounts/$accountId/webhooks/$endpointId');

export function EndpointPage() {
  const { accountId, endpointId } = route.useParams();
  const { mode, status } = route.useSearch();
  const navigate = route.useNavigate();
  const tenant = { accountId, mode };
  const endpoint = useQuery(useApi().endpoints.get.queryOptions({ ...tenant, id: endpointId }));
  const mayAct = useMay('act on webhooks');
  return (
    <Loaded query={endpoint}>
      {(found) => (
        <Stack gap="lg">
          <EndpointsLink {...tenant} />
          <Panel
            title="Endpoint"
            about={<span className="breaking">{found.url}</span>}
            actions={mayAct && <EndpointDeeds tenant={tenant} endpoint={found} />}
          >
            <EndpointFacts endpoint={found} />
          </Panel>
          <Deliveries
            tenant={tenant}
            endpointId={endpointId}
            status={status}
            narrow={(chosen) => void navigate({ search: { mode, status: chosen }, replace: true })}
          />
          <Replays tenant={tenant} endpointId={endpointId} />
        </Stack>
      )}
    </Loaded>
  );
}

function EndpointFacts({ endpoint }: { endpoint: Endpoint }) {
  const { id, status, disabledReason, disabledAt, events, apiVersion, schedule, ratePerSecond, concurrency, headerNames, health } =
    endpoint;
  const { verificationFailure, previousSecretExpiresAt, drainPerSecond, createdAt } = endpoint;
  return (
    <Facts
      facts={{
        Id: <Code>{id}</Code>,
        Status: <StatusBadge status={status} />,
        Disabled: disabledReason !== null && `${disabledReason.replace('_', ' ')}`,
        'Disabled since': disabledAt !== null && <Time at={disabledAt} />,
        Verification: verificationFailure?.message ?? false,
        Events: events.join(', '),
        'Version of the bodies': apiVersion,
        Retries: schedule,
        'At most': `${ratePerSecond === null ? 'any number' : ratePerSecond} a second, ${concurrency} at once`,
        'Own headers': headerNames.length > 0 && headerNames.join(', '),
        Circuit: health.circuit,
        'Last success': <Time at={health.lastSucceededAt} never="never" />,
        'Last failure': <Time at={health.lastFailedAt} never="never" />,
        'Failing since': health.failingSince !== null && <Time at={health.failingSince} />,
        'The secret before is used until': previousSecretExpiresAt !== null && <Time at={previousSecretExpiresAt} />,
        'What was held is sent': drainPerSecond !== null && `${drainPerSecond} a second`,
        Created: <Time at={createdAt} />,
      }}
    />
  );
}
