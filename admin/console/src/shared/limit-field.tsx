import { Fieldset, Group, NumberInput, Select, Switch, Text } from '@mantine/core';
import type { RateLimit } from '@portico/contracts/tiers';
import { type LimitInput, limitInWords, windowChoices } from './limits.ts';

/** As a form has it, which knows no value of a field that is not there. */
type Field<Value> = { value?: Value; onChange(value: Value): void; error?: string | undefined };

const NO_LIMIT: LimitInput = { limit: '', windowSeconds: 3_600 };

/** So many requests in so much time. */
export function LimitField({ label, value = NO_LIMIT, onChange, error }: Field<LimitInput> & { label: string }) {
  return (
    <Group align="flex-start" grow wrap="nowrap" gap="xs">
      <NumberInput
        label={label}
        value={value.limit}
        onChange={(limit) => onChange({ ...value, limit })}
        error={error}
        min={1}
        max={100_000_000}
        allowDecimal={false}
        thousandSeparator=","
        required
      />
      <Select
        label="Window"
        aria-label={`${label}: Window`}
        data={windowChoices(value.windowSeconds)}
        value={String(value.windowSeconds)}
        onChange={(seconds) => onChange({ ...value, windowSeconds: Number(seconds ?? value.windowSeconds) })}
        allowDeselect={false}
        checkIconPosition="right"
      />
    </Group>
  );
}

/** A limit of one's own, or none: then the tier's holds. */
export function OwnLimitField({
  label,
  tierLimit,
  value = null,
  onChange,
  error,
}: Field<LimitInput | null> & { label: string; tierLimit: RateLimit | undefined }) {
  return (
    <Fieldset legend={label} variant="filled">
      <Switch
        label={`A ${label.toLowerCase()} of its own`}
        checked={value !== null}
        onChange={({ currentTarget: { checked } }) => onChange(checked ? (tierLimit ?? NO_LIMIT) : null)}
        mb="xs"
      />
      {value !== null && <LimitField label={label} value={value} onChange={onChange} error={error} />}
      {value === null && tierLimit !== undefined && (
        <Text size="sm" c="dimmed">
          By its tier: {limitInWords(tierLimit)}, ten times that in test mode.
        </Text>
      )}
    </Fieldset>
  );
}
