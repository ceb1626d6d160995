import { Button, Group, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { Panel } from '@portico/ui/layout/panel';
import { Time } from '@portico/ui/show/time';
import { useState } from 'react';
import type { TierSettings } from '../answers.ts';
import { LimitField } from '../shared/limit-field.tsx';
import { type LimitInput, limitOf } from '../shared/limits.ts';
import { ConfirmTierChange, type TierChange } from './confirm-tier-change.tsx';

type TierForm = { quota: LimitInput; burst: LimitInput };

export function EditTier({ tier }: { tier: TierSettings }) {
  const form = useForm<TierForm>({ initialValues: { quota: tier.quota, burst: tier.burst } });
  const [change, setChange] = useState<TierChange>();
  const ask = ({ quota, burst }: TierForm): void =>
    setChange({
      ...(form.isDirty('quota') ? { quota: limitOf(quota) } : {}),
      ...(form.isDirty('burst') ? { burst: limitOf(burst) } : {}),
    });
  return (
    <Panel title={tier.name}>
      <form onSubmit={form.onSubmit(ask)}>
        <Stack>
          <LimitField label="Quota" {...form.getInputProps('quota')} />
          <LimitField label="Burst" {...form.getInputProps('burst')} />
          <Group justify="space-between">
            <Text size="xs" c="dimmed">
              Changed <Time at={tier.changedAt} />
            </Text>
            <Group gap="xs">
              {form.isDirty() && (
                <Button variant="default" onClick={form.reset}>
                  Undo
                </Button>
              )}
              <Button type="submit" disabled={!form.isDirty()} aria-label={`Change the tier ${tier.name}`}>
                Change
              </Button>
            </Group>
          </Group>
        </Stack>
      </form>
      {change !== undefined && <ConfirmTierChange tier={tier} change={change} close={() => setChange(undefined)} />}
    </Panel>
  );
}
