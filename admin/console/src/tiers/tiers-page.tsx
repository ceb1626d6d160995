import { SimpleGrid } from '@mantine/core';
import { Page } from '@portico/ui/layout/page';
import { Loaded } from '@portico/ui/show/loaded';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../api.tsx';
import { useMay } from '../me.tsx';
import { EditTier } from './edit-tier.tsx';
import { TierInWords } from './tier-in-words.tsx';

const ORDER = ['free', 'pro', 'enterprise'];

export function TiersPage() {
  const tiers = useQuery(useApi().tiers.list.queryOptions());
  const mayChange = useMay('change tiers');
  return (
    <Page
      title="Tiers"
      about="What a plan allows, of a key or client without limits of its own. Test mode may do ten times as much. A change holds on every gateway within a second."
    >
      <Loaded query={tiers}>
        {(rows) => (
          <SimpleGrid cols={{ base: 1, lg: 3 }}>
            {rows
              .toSorted((one, other) => ORDER.indexOf(one.name) - ORDER.indexOf(other.name))
              .map((tier) =>
                mayChange ? <EditTier key={`${tier.name} ${tier.changedAt}`} tier={tier} /> : <TierInWords key={tier.name} tier={tier} />,
              )}
          </SimpleGrid>
        )}
      </Loaded>
    </Page>
  );
}
