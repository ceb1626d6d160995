import { Switch, TagsInput, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { ScopesField } from '../shared/scopes-field.tsx';

export type KeyValues = { name: string; scopes: string[]; allowedAddresses: string[]; demandsV2: boolean };
export const KEY_FIELDS = ['name', 'scopes', 'allowedAddresses', 'lifetimeMs'];

/** What a key has that may change later too. */
export function KeyFields<Values extends KeyValues>({ form }: { form: UseFormReturnType<Values> }) {
  return (
    <>
      <TextInput
        label="Name"
        description="What uses it, and where."
        required
        data-autofocus
        maxLength={200}
        {...form.getInputProps('name')}
      />
      <ScopesField {...form.getInputProps('scopes')} />
      <TagsInput
        label="Addresses"
        description="The key works from these alone, as 203.0.113.7 or 203.0.113.0/24; from everywhere when there are none. Enter adds one."
        {...form.getInputProps('allowedAddresses')}
      />
      <Switch
        label="Demand signatures of version 2"
        description="They cover method, path and body, not the body alone."
        {...form.getInputProps('demandsV2', { type: 'checkbox' })}
      />
    </>
  );
}

/** As the server takes them. */
export function keySettings({ name, scopes, allowedAddresses, demandsV2 }: KeyValues) {
  return { name, scopes, allowedAddresses, signatures: demandsV2 ? (['v2'] as 'v2'[]) : (['sha256', 'v2'] as ('sha256' | 'v2')[]) };
}
