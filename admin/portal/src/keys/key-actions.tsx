import { Button } from '@mantine/core';
import { ConfirmDialog } from '@portico/ui/forms/confirm-dialog';
import { useAction } from '@portico/ui/forms/use-action';
import { useState } from 'react';
import { useApiClient } from '../api.tsx';
import { OverlapDialog } from '../shared/overlap-dialog.tsx';
import { useAccount } from '../shared/use-account.ts';
import { type Issued, IssuedKey } from './create-key.tsx';

type Wish = 'rotate' | 'regenerate' | 'revoke';

/** `isReplaced`: it has its successor, and ends by itself. */
export function KeyActions({ id, name, isReplaced }: { id: string; name: string; isReplaced: boolean }) {
  const client = useApiClient();
  const { accountId } = useAccount();
  const [wish, setWish] = useState<Wish>();
  const [issued, setIssued] = useState<Issued>();
  const close = (): void => setWish(undefined);
  const show = (made: Issued): void => {
    setIssued(made);
    close();
  };
  const rotate = useAction({ work: (overlapMs: number) => client.apiKeys.rotate.mutate({ accountId, id, overlapMs }), done: show });
  const regenerate = useAction({ work: () => client.apiKeys.regenerate.mutate({ accountId, id }), done: show });
  const revoke = useAction({ work: () => client.apiKeys.revoke.mutate({ accountId, id }), done: close });
  return (
    <>
      {!isReplaced && (
        <>
          <Button variant="default" onClick={() => setWish('rotate')}>
            Rotate
          </Button>
          <Button variant="default" onClick={() => setWish('regenerate')}>
            Regenerate
          </Button>
        </>
      )}
      <Button variant="light" color="red" onClick={() => setWish('revoke')}>
        Revoke
      </Button>
      {wish === 'rotate' && (
        <OverlapDialog title={`Rotate ${name}`} {...rotate} rotate={rotate.run} close={close}>
          You get a new key with the same settings. The old one goes on beside it, so that your programs can change over without a pause.
        </OverlapDialog>
      )}
      {wish === 'regenerate' && (
        <ConfirmDialog
          title={`Regenerate ${name}`}
          verb="Regenerate"
          {...regenerate}
          confirm={() => regenerate.run(undefined)}
          close={close}
        >
          You get a new key with the same settings. The old one stops at once: programs that still use it are refused.
        </ConfirmDialog>
      )}
      {wish === 'revoke' && (
        <ConfirmDialog title={`Revoke ${name}`} verb="Revoke" {...revoke} confirm={() => revoke.run(undefined)} close={close}>
          Within a second every request with this key is refused. This cannot be taken back.
        </ConfirmDialog>
      )}
      {issued !== undefined && <IssuedKey issued={issued} close={() => setIssued(undefined)} />}
    </>
  );
}
