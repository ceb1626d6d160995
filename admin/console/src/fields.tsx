// Fields that narrow down what a page shows. What is chosen stands in the address, so that it can be sent to somebody else.
import { Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useState } from 'react';

type Filter = { label: string; value: string | undefined; onChange(value: string | undefined): void };

const TYPING_MS = 300;

/** Asks when the typing pauses. */
export function TextFilter({ label, value, onChange, placeholder }: Filter & { placeholder?: string }) {
  const [text, setText] = useState(value ?? '');
  const say = useDebouncedCallback((typed: string) => onChange(typed.trim() || undefined), TYPING_MS);
  return (
    <TextInput
      label={label}
      placeholder={placeholder}
      value={text}
      maxLength={100}
      onChange={({ currentTarget }) => {
        setText(currentTarget.value);
        say(currentTarget.value);
      }}
    />
  );
}

/** `all`: what it is called when nothing is chosen. */
export function ChoiceFilter({ label, value, onChange, choices, all }: Filter & { choices: readonly string[]; all?: string }) {
  const data = [...(all === undefined ? [] : [{ value: '', label: all }]), ...choices.map((choice) => ({ value: choice, label: choice }))];
  return (
    <Select
      label={label}
      data={data}
      value={value ?? ''}
      allowDeselect={false}
      checkIconPosition="right"
      onChange={(chosen) => onChange(chosen || undefined)}
    />
  );
}

/** A day in UTC. */
export function DayFilter({ label, value, onChange }: Filter) {
  return (
    <TextInput type="date" label={label} value={value ?? ''} onChange={({ currentTarget }) => onChange(currentTarget.value || undefined)} />
  );
}
