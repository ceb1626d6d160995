import { Button, Group, PasswordInput, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useApp } from '../app-root.tsx';
import { useAction } from '../forms/use-action.tsx';
import { Panel } from '../layout/panel.tsx';
import { RefusalAlert } from '../show/refusal-alert.tsx';

const EMPTY = { currentPassword: '', newPassword: '' };

/** `email`: for password managers, which file a password under it. */
export function PasswordPanel({ email }: { email: string }) {
  const { auth } = useApp();
  const form = useForm({ initialValues: EMPTY });
  const change = useAction({
    form,
    work: (given: typeof EMPTY) => auth.changePassword(given.currentPassword, given.newPassword),
    done() {
      form.reset();
      notifications.show({ message: 'Your password is changed. All your other sessions have ended.' });
    },
  });
  return (
    <Panel title="Password" about="Another password ends all your other sessions.">
      <form onSubmit={form.onSubmit(change.run)}>
        <Stack>
          <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
          <RefusalAlert refusal={change.refusal} shownFields={Object.keys(EMPTY)} />
          <PasswordInput label="Current password" required autoComplete="current-password" {...form.getInputProps('currentPassword')} />
          <PasswordInput
            label="New password"
            description="At least 12 characters."
            required
            autoComplete="new-password"
            {...form.getInputProps('newPassword')}
          />
          <Group>
            <Button type="submit" variant="default" loading={change.isRunning}>
              Change the password
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}
