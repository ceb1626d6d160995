import { ConfirmDialog } from '@portico/ui/forms/confirm-dialog';
import { useAction } from '@portico/ui/forms/use-action';
import type { Member } from '../answers.ts';
import { useApiClient } from '../api.tsx';

export function RemoveMember({ accountId, member: { id, email }, close }: { accountId: string; member: Member; close(): void }) {
  const api = useApiClient();
  const remove = useAction({ work: () => api.members.remove.mutate({ accountId, id }), done: close });
  return (
    <ConfirmDialog title={`Remove ${email}`} verb="Remove" {...remove} confirm={() => remove.run(undefined)} close={close}>
      For {email} the account does not exist any more, at once. Keys that were made stay as they are: rotate those whose secret should not
      be known any longer.
    </ConfirmDialog>
  );
}
