import { NumberInput, Select, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { counted } from '@portico/ui/data/format';
import { FormDialog } from '@portico/ui/forms/form-dialog';
import { useAction } from '@portico/ui/forms/use-action';
import { useState } from 'react';
import { useApiClient } from '../api.tsx';
import type { Tenant } from './webhook-links.tsx';

const HOUR_MS = 3_600_000;
const WHAT = [
  { value: 'failed', label: 'what was given up' },
  { value: 'missing', label: 'what was never sent to it' },
  { value: 'all', label: 'everything' },
] as const;
const SINCE = [
  { value: String(HOUR_MS), label: 'the last hour' },
  { value: String(24 * HOUR_MS), label: 'the last day' },
  { value: String(7 * 24 * HOUR_MS), label: 'the last week' },
  { value: String(30 * 24 * HOUR_MS), label: 'the last 30 days' },
];

type ReplayForm = { what: (typeof WHAT)[number]['value']; sinceMs: string; perSecond: number | string };

/** Counts first: what is sent again cannot be taken back. A change of the form asks for another count. */
export function StartReplay({ tenant, endpointId, close }: { tenant: Tenant; endpointId: string; close(): void }) {
  const api = useApiClient();
  const [total, setTotal] = useState<number>();
  const form = useForm<ReplayForm>({
    initialValues: { what: 'failed', sinceMs: '86400000', perSecond: 10 },
    onValuesChange: () => setTotal(undefined),
  });
  const start = useAction({
    form,
    async work({ what, sinceMs, perSecond }: ReplayForm) {
      const since = new Date(Date.now() - Number(sinceMs)).toISOString();
      const input = { ...tenant, endpointId, what, since, perSecond: Number(perSecond) };
      if (total === undefined) return (await api.replays.count.query(input)).total;
      await api.replays.start.mutate(input);
    },
    done: (found) => (found === undefined ? close() : setTotal(found)),
  });
  return (
    <FormDialog
      title="Replay"
      verb={total === undefined ? 'Count' : `Send ${counted(total, 'event')} again`}
      {...start}
      shownFields={['what', 'perSecond']}
      onSubmit={form.onSubmit(start.run)}
      close={close}
    >
      <Select label="What is sent again" data={WHAT} allowDeselect={false} {...form.getInputProps('what')} />
      <Select label="Of" data={SINCE} allowDeselect={false} {...form.getInputProps('sinceMs')} />
      <NumberInput
        label="At most so many a second"
        min={1}
        max={1_000}
        allowDecimal={false}
        required
        {...form.getInputProps('perSecond')}
      />
      <Text size="sm" role="status">
        {total !== undefined && `${counted(total, 'event')} would be sent to the endpoint again, under the ids they had.`}
      </Text>
    </FormDialog>
  );
}
