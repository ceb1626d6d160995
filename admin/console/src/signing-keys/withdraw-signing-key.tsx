import { notifications } from '@mantine/notifications';
import { ConfirmDialog } from '@portico/ui/forms/confirm-dialog';
import { useAction } from '@portico/ui/forms/use-action';
import type { SigningKey } from '../answers.ts';
import { useApiClient } from '../api.tsx';

export function WithdrawSigningKey({ signingKey: { id }, close }: { signingKey: SigningKey; close(): void }) {
  const api = useApiClient();
  const withdraw = useAction({
    work: () => api.signingKeys.withdraw.mutate({ id }),
    done() {
      close();
      notifications.show({ message: 'The signing key is withdrawn.' });
    },
  });
  return (
    <ConfirmDialog
      title="Withdraw the signing key"
      verb="Withdraw the key"
      typed={id}
      {...withdraw}
      confirm={() => withdraw.run(undefined)}
      close={close}
    >
      For a key that leaked. <strong>Nothing that it signed is good any more</strong>: every access token and service token of it is
      refused, on every gateway within a second and everywhere within a minute. Whoever held one asks for another. It cannot be undone.
    </ConfirmDialog>
  );
}
