import { List, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { RateLimit } from '@portico/contracts/tiers';
import { counted, formatNumber } from '@portico/ui/data/format';
import { ConfirmDialog } from '@portico/ui/forms/confirm-dialog';
import { useAction } from '@portico/ui/forms/use-action';
import { Loaded } from '@portico/ui/show/loaded';
import { useQuery } from '@tanstack/react-query';
import type { TierConcerned, TierSettings } from '../answers.ts';
import { useApi, useApiClient } from '../api.tsx';
import { limitInWords } from '../shared/limits.ts';

export type TierChange = { quota?: RateLimit; burst?: RateLimit };

const LIMITS = ['quota', 'burst'] as const;

/** Says what will be, and for whom, before it is saved. */
export function ConfirmTierChange({ tier, change, close }: { tier: TierSettings; change: TierChange; close(): void }) {
  const api = useApiClient();
  const limits = LIMITS.filter((limit) => change[limit] !== undefined);
  const concerned = useQuery(useApi().tiers.concerned.queryOptions({ tier: tier.name, limits }));
  const save = useAction({
    work: () => api.tiers.update.mutate({ tier: tier.name, ...change }),
    done() {
      close();
      notifications.show({ message: `The tier ${tier.name} is changed.` });
    },
  });
  return (
    <ConfirmDialog
      title={`Change the tier ${tier.name}`}
      verb="Change the tier"
      typed={tier.name}
      {...save}
      confirm={() => save.run(undefined)}
      close={close}
    >
      <Stack gap="sm">
        <List size="sm">
          {LIMITS.map((limit) => change[limit] && <Step key={limit} name={limit} before={tier[limit]} after={change[limit]} />)}
        </List>
        <Loaded query={concerned} lines={2}>
          {(found) => <Concerned concerned={found} />}
        </Loaded>
      </Stack>
    </ConfirmDialog>
  );
}

function Step({ name, before, after }: { name: string; before: RateLimit; after: RateLimit }) {
  return (
    <List.Item>
      The {name} of live mode: {limitInWords(before)} → <strong>{limitInWords(after)}</strong>
    </List.Item>
  );
}

function Concerned({ concerned: { accounts, keys, clients, most } }: { concerned: TierConcerned }) {
  if (accounts === 0) return <Text size="sm">At present it concerns nobody: no key or client in force goes by it.</Text>;
  const shown = most.map(({ id, slug, keys, clients }) => (
    <List.Item key={id}>
      <strong>{slug}</strong>: {counted(keys, 'key')}, {counted(clients, 'client')}
    </List.Item>
  ));
  return (
    <div>
      <Text size="sm">
        It concerns <strong>{counted(keys, 'API key')}</strong> and <strong>{counted(clients, 'OAuth client')}</strong> of{' '}
        {counted(accounts, 'account')}, within a second:
      </Text>
      <List size="sm" mt="xs">
        {shown}
        {accounts > most.length && <List.Item>and {formatNumber(accounts - most.length)} more</List.Item>}
      </List>
    </div>
  );
}
