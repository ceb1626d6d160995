import { Code, Group, Stack } from '@mantine/core';
import { RequestsChart } from '@portico/ui/charts/requests-chart';
import { utcDay } from '@portico/ui/data/format';
import { Panel } from '@portico/ui/layout/panel';
import { Facts } from '@portico/ui/show/facts';
import { Loaded } from '@portico/ui/show/loaded';
import { PageLink } from '@portico/ui/show/page-link';
import { StatusBadge } from '@portico/ui/show/status-badge';
import { Time } from '@portico/ui/show/time';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ApiKey } from '../answers.ts';
import { useApi } from '../api.tsx';
import { useMay } from '../me.tsx';
import { LimitsInWords, Scopes } from '../shared/limits-and-scopes.tsx';
import { EditKey } from './edit-key.tsx';
import { KeyDeeds } from './key-deeds.tsx';

const route = getRouteApi('/signed-in/accounts/$accountId/keys/$keyId');
const USAGE_DAYS = 30;

export function KeyPage() {
  const { accountId, keyId } = route.useParams();
  const key = useQuery(useApi().apiKeys.get.queryOptions({ accountId, id: keyId }));
  const mayChange = useMay('change credentials');
  return (
    <Loaded query={key}>
      {(found) => (
        <Stack gap="lg">
          <PageLink to={`/accounts/${accountId}/keys`} size="sm">
            ← All API keys
          </PageLink>
          <Panel title={`API key ${found.name}`} actions={mayChange && found.status === 'active' && <KeyDeeds apiKey={found} />}>
            <KeyFacts apiKey={found} />
          </Panel>
          {mayChange && found.status === 'active' && <EditKey key={found.id} apiKey={found} />}
          <KeyUsage accountId={accountId} keyId={keyId} />
        </Stack>
      )}
    </Loaded>
  );
}

function KeyFacts({ apiKey }: { apiKey: ApiKey }) {
  const {
    id,
    accountId,
    keyHint,
    mode,
    status,
    scopes,
    signatures,
    allowedAddresses,
    createdAt,
    lastUsedAt,
    expiresAt,
    revokedAt,
    replacedBy,
  } = apiKey;
  return (
    <Facts
      facts={{
        Id: <Code>{id}</Code>,
        Key: <Code>{keyHint}</Code>,
        Status: (
          <Group gap="xs">
            <StatusBadge status={mode} />
            <StatusBadge status={status} />
          </Group>
        ),
        Scopes: <Scopes scopes={scopes} />,
        'Tier and limits': <LimitsInWords {...apiKey} />,
        Signatures: signatures.join(', '),
        'Used from': allowedAddresses.length === 0 ? 'everywhere' : allowedAddresses.join(', '),
        Created: <Time at={createdAt} />,
        'Last used': <Time at={lastUsedAt} never="never" />,
        Expires: <Time at={expiresAt} />,
        Revoked: revokedAt != null && <Time at={revokedAt} />,
        'Replaced by': replacedBy != null && <PageLink to={`/accounts/${accountId}/keys/${replacedBy}`}>{replacedBy}</PageLink>,
      }}
    />
  );
}

function KeyUsage({ accountId, keyId }: { accountId: string; keyId: string }) {
  const range = { from: utcDay(USAGE_DAYS - 1), to: utcDay(0) };
  const usage = useQuery(useApi().apiKeys.usage.queryOptions({ accountId, id: keyId, ...range }));
  return (
    <Panel title="Usage" about={`The last ${USAGE_DAYS} days, in UTC; about a minute behind.`}>
      <Loaded query={usage}>{(days) => <RequestsChart days={days} {...range} />}</Loaded>
    </Panel>
  );
}
