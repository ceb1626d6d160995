import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useApp } from '../app-root.tsx';
import { useAction } from '../forms/use-action.tsx';
import { RefusalAlert } from '../show/refusal-alert.tsx';

/** A code of an authenticator app, or one of those that were kept for when it is lost. */
export function SecondFactorForm({ done, restart }: { done(): unknown; restart(): void }) {
  const { auth } = useApp();
  const [isBackup, setBackup] = useState(false);
  const form = useForm({ initialValues: { code: '' } });
  const verify = useAction({
    form,
    work: ({ code }: { code: string }) => (isBackup ? auth.verifyBackupCode(code.trim()) : auth.verifyCode(code.replace(/\s/g, ''))),
    done,
  });
  const change = (): void => {
    setBackup(!isBackup);
    form.reset();
    verify.reset();
  };
  return (
    <form onSubmit={form.onSubmit(verify.run)}>
      <Stack>
        <RefusalAlert refusal={verify.refusal} shownFields={['code']} />
        <TextInput
          key={String(isBackup)}
          label={isBackup ? 'Backup code' : 'Code of your authenticator app'}
          description={isBackup ? 'Each one works once.' : 'Six digits; each one works once.'}
          required
          autoFocus
          autoComplete="one-time-code"
          inputMode={isBackup ? 'text' : 'numeric'}
          {...form.getInputProps('code')}
        />
        <Button type="submit" loading={verify.isRunning}>
          Go on
        </Button>
        <Group justify="space-between">
          <Button variant="subtle" size="compact-sm" onClick={change}>
            {isBackup ? 'Use the authenticator app' : 'Use a backup code'}
          </Button>
          <Button variant="subtle" size="compact-sm" onClick={restart}>
            Begin anew
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
