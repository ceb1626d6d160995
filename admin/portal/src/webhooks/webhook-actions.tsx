import { Button, Menu } from '@mantine/core';
import { ConfirmDialog } from '@portico/ui/forms/confirm-dialog';
import { SecretOnce } from '@portico/ui/forms/secret-once';
import { useAction } from '@portico/ui/forms/use-action';
import { RefusalAlert } from '@portico/ui/show/refusal-alert';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useApiClient } from '../api.tsx';
import { OverlapDialog } from '../shared/overlap-dialog.tsx';
import { useAccount } from '../shared/use-account.ts';
import { TestReport, type TestResult } from './test-report.tsx';

type Endpoint = { id: string; url: string; status: string; disabledReason: string | null; previousSecretExpiresAt: string | null };
const SECOND_MS = 1_000;

export function WebhookActions({ endpoint }: { endpoint: Endpoint }) {
  const client = useApiClient();
  const { accountId, mode, tenant } = useAccount();
  const navigate = useNavigate();
  const [wish, setWish] = useState<'rotate' | 'complete' | 'remove'>();
  const [secret, setSecret] = useState<string>();
  const [report, setReport] = useState<TestResult>();
  const given = { ...tenant, id: endpoint.id };
  const close = (): void => setWish(undefined);
  const test = useAction({ work: () => client.endpoints.test.mutate(given), done: setReport });
  const pause = useAction({ work: () => client.endpoints.pause.mutate(given) });
  const resume = useAction({ work: () => client.endpoints.resume.mutate(given) });
  const enable = useAction({ work: () => client.endpoints.enable.mutate(given) });
  const complete = useAction({ work: () => client.endpoints.completeRotation.mutate(given), done: close });
  const rotate = useAction({
    work: (overlapMs: number) => client.endpoints.rotateSecret.mutate({ ...given, overlapSeconds: overlapMs / SECOND_MS }),
    done(made) {
      setSecret(made.secret);
      close();
    },
  });
  const remove = useAction({
    work: () => client.endpoints.remove.mutate(given),
    done: () => navigate({ to: '/accounts/$accountId/webhooks', params: { accountId }, search: { mode } }),
  });
  return (
    <>
      <Button variant="default" loading={test.isRunning} onClick={() => test.run(undefined)}>
        Send a test
      </Button>
      {endpoint.status === 'active' && (
        <Button variant="default" loading={pause.isRunning} onClick={() => pause.run(undefined)}>
          Pause
        </Button>
      )}
      {endpoint.status === 'paused' && (
        <Button loading={resume.isRunning} onClick={() => resume.run(undefined)}>
          Resume
        </Button>
      )}
      {endpoint.status === 'disabled' && endpoint.disabledReason !== 'unverified' && (
        <Button loading={enable.isRunning} onClick={() => enable.run(undefined)}>
          Switch on
        </Button>
      )}
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default">More</Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setWish('rotate')}>Rotate the secret</Menu.Item>
          {endpoint.previousSecretExpiresAt !== null && <Menu.Item onClick={() => setWish('complete')}>Complete the rotation</Menu.Item>}
          <Menu.Item color="red" onClick={() => setWish('remove')}>
            Remove
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <RefusalAlert refusal={test.refusal ?? pause.refusal ?? resume.refusal ?? enable.refusal} />
      {report !== undefined && <TestReport result={report} close={() => setReport(undefined)} />}
      {wish === 'rotate' && (
        <OverlapDialog title="Rotate the secret" {...rotate} rotate={rotate.run} close={close}>
          Until then events are signed with both: put the new secret into your receiver, then complete the rotation here.
        </OverlapDialog>
      )}
      {wish === 'complete' && (
        <ConfirmDialog title="Complete the rotation" verb="Complete" {...complete} confirm={() => complete.run(undefined)} close={close}>
          Only the newest secret signs from now on. A receiver that still checks with the old one refuses what it gets.
        </ConfirmDialog>
      )}
      {wish === 'remove' && (
        <ConfirmDialog title="Remove this webhook" verb="Remove" {...remove} confirm={() => remove.run(undefined)} close={close}>
          Deliveries that wait are cancelled. What was sent stays in the log for its 30 days.
        </ConfirmDialog>
      )}
      {secret !== undefined && (
        <SecretOnce
          title="The new secret of your webhook"
          secrets={[{ label: 'Signing secret', value: secret }]}
          close={() => setSecret(undefined)}
        />
      )}
    </>
  );
}
