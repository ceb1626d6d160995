// What keys and OAuth clients have in common: a name, scopes, a tier, limits of their own.
import { MultiSelect, Select, SimpleGrid, Stack, TextInput } from '@mantine/core';
import type { GetInputPropsReturnType } from '@mantine/form';
import { SCOPES } from '@portico/contracts/scopes';
import { DEFAULT_TIER, type RateLimit, TIERS, type Tier } from '@portico/contracts/tiers';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../api.tsx';
import { OwnLimitField } from './limit-field.tsx';
import { type LimitInput, limitOf } from './limits.ts';

export type CredentialForm = {
  name: string;
  scopes: string[];
  tier: Tier;
  quota: LimitInput | null;
  burst: LimitInput | null;
};

export const CREDENTIAL_FIELDS: readonly string[] = ['name', 'scopes', 'tier', 'quota', 'burst'];

const WIDE = ['read', 'write'];
const NARROW = SCOPES.filter((scope) => !WIDE.includes(scope) && !scope.startsWith('graph:'));
const SCOPE_CHOICES = [
  { group: 'Everything', items: WIDE },
  { group: 'One resource', items: NARROW },
];

export const newCredential: CredentialForm = { name: '', scopes: ['read'], tier: DEFAULT_TIER, quota: null, burst: null };

type Given = Omit<CredentialForm, 'quota' | 'burst'> & { quota?: RateLimit | null | undefined; burst?: RateLimit | null | undefined };

/** As a form has it. */
export function credentialForm({ name, scopes, tier, quota, burst }: Given): CredentialForm {
  return { name, scopes: [...scopes], tier, quota: quota ?? null, burst: burst ?? null };
}

/** As the server takes it. */
export function credentialInput({ name, scopes, tier, quota, burst }: CredentialForm) {
  return { name, scopes, tier, quota: limitOf(quota), burst: limitOf(burst) };
}

/** `propsOf`: of the form's field with this name. */
export function CredentialFields({ tier, propsOf }: { tier: Tier; propsOf(name: keyof CredentialForm): GetInputPropsReturnType }) {
  const { data: tiers } = useQuery(useApi().tiers.list.queryOptions());
  const limits = tiers?.find(({ name }) => name === tier);
  return (
    <Stack>
      <TextInput label="Name" required maxLength={100} data-autofocus {...propsOf('name')} />
      <MultiSelect
        label="Scopes"
        description="What it may do"
        data={SCOPE_CHOICES}
        required
        searchable
        hidePickedOptions
        {...propsOf('scopes')}
      />
      <Select label="Tier" data={Object.keys(TIERS)} allowDeselect={false} {...propsOf('tier')} />
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <OwnLimitField label="Quota" tierLimit={limits?.quota} {...propsOf('quota')} />
        <OwnLimitField label="Burst" tierLimit={limits?.burst} {...propsOf('burst')} />
      </SimpleGrid>
    </Stack>
  );
}
