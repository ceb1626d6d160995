import { Button, PasswordInput, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useApp } from '@portico/ui/app-root';
import { useAction } from '@portico/ui/forms/use-action';
import { RefusalAlert } from '@portico/ui/show/refusal-alert';
import { SignInFrame } from '@portico/ui/sign-in/sign-in-frame';

const FIELDS = ['currentPassword', 'newPassword'];
type PasswordForm = { currentPassword: string; newPassword: string };

/** For whoever came in with a password that an operator handed over: it is good for nothing but this. */
export function OwnPasswordPage({ email }: { email: string }) {
  const { auth } = useApp();
  const form = useForm<PasswordForm>({ initialValues: { currentPassword: '', newPassword: '' } });
  const choose = useAction({
    form,
    work: ({ currentPassword, newPassword }: PasswordForm) => auth.changePassword(currentPassword, newPassword),
  });
  return (
    <SignInFrame
      title="Choose a password of your own"
      about="Somebody else knows the one that you came in with. Nothing can be done with it but this."
    >
      <form onSubmit={form.onSubmit(choose.run)}>
        <Stack>
          <RefusalAlert refusal={choose.refusal} shownFields={FIELDS} />
          <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
          <PasswordInput
            label="One-time password"
            required
            autoFocus
            autoComplete="current-password"
            {...form.getInputProps('currentPassword')}
          />
          <PasswordInput
            label="New password"
            description="At least 12 characters. A few words are easier to keep in mind than symbols."
            required
            autoComplete="new-password"
            {...form.getInputProps('newPassword')}
          />
          <Button type="submit" loading={choose.isRunning}>
            Use this password
          </Button>
        </Stack>
      </form>
    </SignInFrame>
  );
}
