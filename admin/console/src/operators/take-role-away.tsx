import { ConfirmDialog } from '@portico/ui/forms/confirm-dialog';
import { useAction } from '@portico/ui/forms/use-action';
import type { Operator } from '../answers.ts';
import { useApiClient } from '../api.tsx';

export function TakeRoleAway({ operator: { id, email }, close }: { operator: Operator; close(): void }) {
  const api = useApiClient();
  const remove = useAction({ work: () => api.operators.changeRole.mutate({ id, role: null }), done: close });
  return (
    <ConfirmDialog
      title={`Remove ${email}`}
      verb="Remove the operator"
      typed={email}
      {...remove}
      confirm={() => remove.run(undefined)}
      close={close}
    >
      {email} cannot sign in here any more, and all sessions here end at once. What the developer portal has of this person stays.
    </ConfirmDialog>
  );
}
