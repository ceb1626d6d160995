import { Checkbox, Group, Stack, TagsInput } from '@mantine/core';
import type { GetInputPropsReturnType } from '@mantine/form';
import type { Tier } from '@portico/contracts/tiers';
import type { ApiKey } from '../answers.ts';
import {
  CREDENTIAL_FIELDS,
  CredentialFields,
  type CredentialForm,
  credentialForm,
  credentialInput,
  newCredential,
} from '../shared/credential-fields.tsx';

/** What may change of a key. */
export type KeyForm = CredentialForm & Pick<ApiKey, 'signatures' | 'allowedAddresses'>;

export const KEY_FIELDS = [...CREDENTIAL_FIELDS, 'signatures', 'allowedAddresses'];
export const newKeyForm: KeyForm = { ...newCredential, signatures: ['sha256', 'v2'], allowedAddresses: [] };

export function keyForm(key: ApiKey): KeyForm {
  return { ...credentialForm(key), signatures: [...key.signatures], allowedAddresses: [...key.allowedAddresses] };
}

export function keyInput({ signatures, allowedAddresses, ...credential }: KeyForm) {
  return { ...credentialInput(credential), signatures, allowedAddresses };
}

/** `propsOf`: of the form's field with this name. */
export function KeyFields({ tier, propsOf }: { tier: Tier; propsOf(name: keyof KeyForm): GetInputPropsReturnType }) {
  return (
    <Stack>
      <CredentialFields tier={tier} propsOf={propsOf} />
      <Checkbox.Group
        label="Signatures"
        description="Schemes that it may sign with; v2 alone demands the stronger one"
        {...propsOf('signatures')}
      >
        <Group mt="xs">
          <Checkbox value="sha256" label="sha256" />
          <Checkbox value="v2" label="v2" />
        </Group>
      </Checkbox.Group>
      <TagsInput
        label="Addresses it may be used from"
        description="As 203.0.113.7 or 203.0.113.0/24; Enter adds one. None: from everywhere."
        {...propsOf('allowedAddresses')}
      />
    </Stack>
  );
}
