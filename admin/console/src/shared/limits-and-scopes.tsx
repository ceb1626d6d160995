import { Badge, Group, Text } from '@mantine/core';
import type { RateLimit, Tier } from '@portico/contracts/tiers';
import { limitInWords } from './limits.ts';

/** The tier, and what is set beside it. */
export function LimitsInWords(given: { tier: Tier; quota?: RateLimit | null | undefined; burst?: RateLimit | null | undefined }) {
  return (
    <div>
      <Text size="sm">{given.tier}</Text>
      {given.quota && <OwnLimit name="quota" limit={given.quota} />}
      {given.burst && <OwnLimit name="burst" limit={given.burst} />}
    </div>
  );
}

function OwnLimit({ name, limit }: { name: string; limit: RateLimit }) {
  return (
    <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
      own {name}: {limitInWords(limit)}
    </Text>
  );
}

export function Scopes({ scopes }: { scopes: readonly string[] }) {
  return (
    <Group gap={4} maw={280}>
      {scopes.map((scope) => (
        <Badge key={scope} color="gray">
          {scope}
        </Badge>
      ))}
    </Group>
  );
}
