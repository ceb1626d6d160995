import { Panel } from '@portico/ui/layout/panel';
import { Facts } from '@portico/ui/show/facts';
import { Time } from '@portico/ui/show/time';
import type { TierSettings } from '../answers.ts';
import { limitInWords } from '../shared/limits.ts';

export function TierInWords({ tier: { name, quota, burst, changedAt } }: { tier: TierSettings }) {
  return (
    <Panel title={name}>
      <Facts
        facts={{
          Quota: limitInWords(quota),
          Burst: limitInWords(burst),
          Changed: <Time at={changedAt} />,
        }}
      />
    </Panel>
  );
}
