import { MultiSelect, NumberInput, Select, SimpleGrid, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { EVENT_CATALOGUE } from '@portico/contracts/events/catalogue';

export type WebhookValues = {
  url: string;
  description: string;
  events: string[];
  apiVersion: string;
  schedule: 'standard' | 'short';
  ratePerSecond: number | '';
  concurrency: number | '';
};
export const WEBHOOK_FIELDS = ['url', 'description', 'events', 'apiVersion', 'schedule', 'ratePerSecond', 'concurrency', 'secret'];

const EVENTS = [
  { value: '*', label: 'All events, those of later types too' },
  ...[...EVENT_CATALOGUE.keys()].map((name) => ({ value: name, label: name })),
];
const SCHEDULES = [
  { value: 'standard', label: 'At once, then after 1 min, 5 min, 30 min, 2 h' },
  { value: 'short', label: 'At once, then after 1, 5, 30 min' },
];
const VERSIONS = [
  { value: '1', label: 'Version 1 (camelCase)' },
  { value: '2', label: 'Version 2 (snake_case)' },
];

export function WebhookFields<Values extends WebhookValues>({ form }: { form: UseFormReturnType<Values> }) {
  return (
    <>
      <TextInput
        label="Address"
        description="An HTTPS address of yours. It has to answer a signed test before it gets anything else."
        placeholder="https://example.com/webhooks"
        required
        data-autofocus
        inputMode="url"
        {...form.getInputProps('url')}
      />
      <MultiSelect label="Events" required data={EVENTS} searchable {...form.getInputProps('events')} />
      <TextInput label="Description" maxLength={500} {...form.getInputProps('description')} />
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Select label="Body" data={VERSIONS} allowDeselect={false} {...form.getInputProps('apiVersion')} />
        <Select label="Tries" data={SCHEDULES} allowDeselect={false} {...form.getInputProps('schedule')} />
        <NumberInput
          label="At most per second"
          placeholder="no cap"
          min={1}
          max={1_000}
          allowDecimal={false}
          {...form.getInputProps('ratePerSecond')}
        />
        <NumberInput
          label="At most at once"
          placeholder="10"
          min={1}
          max={100}
          allowDecimal={false}
          {...form.getInputProps('concurrency')}
        />
      </SimpleGrid>
    </>
  );
}

/** As the server takes them. */
export function webhookSettings({ url, description, events, apiVersion, schedule, ratePerSecond, concurrency }: WebhookValues) {
  return {
    url: url.trim(),
    events,
    description: description.trim() === '' ? null : description,
    apiVersion,
    schedule,
    ratePerSecond: ratePerSecond === '' ? null : ratePerSecond,
    ...(concurrency === '' ? {} : { concurrency }),
  };
}
